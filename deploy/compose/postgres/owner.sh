#!/bin/sh
# Run once, when the database server is new: the login that owns the tables, so that no part of Praxisbus is a superuser.
set -eu
psql --quiet --set ON_ERROR_STOP=1 --username postgres --dbname postgres <<'SQL'
\set password `cat /run/praxisbus/owner-password`
create role praxisbus_owner login createdb createrole password :'password';
SQL
