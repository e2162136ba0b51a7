-- What every service's database holds besides its own tables: the outbox, the inbox and what was parked,
-- the answers to Idempotency-Keys, and the audit trail. Row-level security is forced, so that the table owner is bound too.

create function current_practice() returns uuid
  language sql stable
  return nullif(current_setting('app.practice', true), '')::uuid;

-- Binds a table to the practice of the transaction and grants the application what it may do with it.
create function practice_table(target regclass, privileges text) returns void
  language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy own_practice on %s using (practice_id = (select current_practice())) with check (practice_id = (select current_practice()))',
    target);
  execute format('grant %s on %s to praxisbus_app', privileges, target);
end $$;

create table outbox (
  id bigint generated always as identity primary key,
  practice_id uuid not null,
  event_id uuid not null unique,
  topic text not null,
  key text not null,
  type text not null,
  sequence bigint not null check (sequence > 0),
  headers jsonb not null,
  body text not null,
  recorded_at timestamptz not null default clock_timestamp(),
  published_at timestamptz,
  -- Two versions of one fact may go out side by side.
  unique (topic, key, sequence, type)
);
-- The relay reads only what is not out yet; the index holds just those rows.
create index outbox_unpublished on outbox (id) where published_at is null;
select practice_table('outbox', 'insert');
create policy relay_all on outbox to praxisbus_relay using (true) with check (true);
grant select, delete, update (published_at) on outbox to praxisbus_relay;

create table inbox (
  practice_id uuid not null,
  consumer text not null,
  event_id uuid not null,
  received_at timestamptz not null default clock_timestamp(),
  primary key (consumer, event_id)
);
select practice_table('inbox', 'select, insert');
create policy relay_all on inbox to praxisbus_relay using (true) with check (true);
grant select, delete on inbox to praxisbus_relay;

-- How often delivery of the message at this place of a partition was begun. Written before the attempt, so that a message
-- that kills the process counts too. Holds no record of any practice: a batch spans several.
create table delivery_attempt (
  consumer text not null,
  topic text not null,
  partition int not null,
  "offset" bigint not null,
  attempts int not null,
  primary key (consumer, topic, partition)
);
grant select, insert, update, delete on delivery_attempt to praxisbus_app;

-- Messages that could not be applied, and those of the same key behind them, in their order.
create table parked (
  id bigint generated always as identity primary key,
  practice_id uuid,             -- null: the message did not say
  consumer text not null,
  topic text not null,
  partition int not null,
  "offset" bigint not null,
  key text not null,
  event_id uuid,                -- null: the message did not say
  headers jsonb not null,
  body text,
  error text not null,
  attempts int not null,
  parked_at timestamptz not null default clock_timestamp(),
  retry_requested_at timestamptz,
  unique (consumer, topic, partition, "offset")
);
create index parked_key on parked (consumer, topic, key, id);
select practice_table('parked', 'select, delete, update');
create policy relay_all on parked to praxisbus_relay using (true) with check (true);
grant select, insert, update, delete on parked to praxisbus_relay;

create table idempotency (
  practice_id uuid not null,
  user_id text not null,
  key text not null,
  request_hash bytea not null,
  status int not null,
  headers jsonb not null,
  body text not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (practice_id, user_id, key)
);
select practice_table('idempotency', 'select, insert');
create policy relay_all on idempotency to praxisbus_relay using (true) with check (true);
grant select, delete on idempotency to praxisbus_relay;

create table audit (
  id bigint generated always as identity primary key,
  practice_id uuid not null,
  at timestamptz not null default clock_timestamp(),
  user_id text not null,
  action text not null,
  record_type text not null,
  record_id text not null,
  trace_id text not null
);
create index audit_record on audit (practice_id, record_type, record_id, id);
select practice_table('audit', 'select, insert');
