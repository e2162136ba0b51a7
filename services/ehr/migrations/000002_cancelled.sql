-- S-20: an appointment that was cancelled, until it is restored. `calendar_version` is the appointment's that said so last.
alter table appointment_replica add column cancelled boolean not null default false;
alter table appointment_replica add column calendar_version bigint not null default 0;
