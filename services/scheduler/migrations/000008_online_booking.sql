-- S-18: what patients may book online, when practitioners work, and requests that wait for an answer.
create table booking_settings (
  practice_id uuid primary key references practice,
  enabled boolean not null,
  buffer_before_minutes int not null check (buffer_before_minutes >= 0),
  buffer_after_minutes int not null check (buffer_after_minutes >= 0),
  slot_step_minutes int not null check (slot_step_minutes > 0),
  earliest_notice_minutes int not null check (earliest_notice_minutes >= 0),
  furthest_days int not null check (furthest_days > 0),
  offer_minutes int not null check (offer_minutes > 0),    -- S-24: how long somebody waiting has a time offered
  version bigint not null default 1
);
select practice_table('booking_settings', 'select, insert, update');

-- Which service is offered online, by whom. The location is that of its appointments.
create table booking_service (
  practice_id uuid not null references practice,
  service_id uuid not null,
  practitioner_id uuid not null,
  location_id uuid,
  primary key (practice_id, service_id, practitioner_id),
  foreign key (practice_id, service_id) references service_replica,
  foreign key (practice_id, practitioner_id) references practitioner,
  foreign key (practice_id, location_id) references location
);
select practice_table('booking_service', 'select, insert, delete');

create table opening_hours (
  practice_id uuid not null references practice,
  practitioner_id uuid not null,
  weekly jsonb not null,                -- [{ weekday: 1 (Monday) to 7, from: 'HH:MM', to: 'HH:MM' }], by the clock of the practice
  version bigint not null default 1,
  primary key (practice_id, practitioner_id),
  foreign key (practice_id, practitioner_id) references practitioner
);
select practice_table('opening_hours', 'select, insert, update');

-- A row a day, so that a search reads those of its days alone.
create table opening_exception (
  practice_id uuid not null,
  practitioner_id uuid not null,
  day date not null,
  closed boolean not null,              -- the weekly hours do not hold
  extra jsonb not null,                 -- [{ from, to }]
  primary key (practice_id, practitioner_id, day),
  foreign key (practice_id, practitioner_id) references opening_hours
);
select practice_table('opening_exception', 'select, insert, delete');

-- What was asked online; the appointment that it is about has its times. Answered once.
create table booking_request (
  practice_id uuid not null,
  appointment_id uuid not null,
  service_id uuid not null,
  any_practitioner boolean not null,
  message text,
  requested_at timestamptz not null,
  requested_by text not null,           -- user id
  lapses_at timestamptz not null,       -- the start: nobody moves it while it is pending
  outcome text check (outcome in ('accepted', 'declined', 'lapsed')),
  answered_at timestamptz,
  answered_by text,                     -- null: nobody, it lapsed
  decline_reason text,
  primary key (practice_id, appointment_id),
  foreign key (practice_id, appointment_id) references appointment,
  check ((outcome is null) = (answered_at is null)),
  check (decline_reason is null or outcome = 'declined')
);
create index booking_request_open on booking_request (lapses_at) where outcome is null;
select practice_table('booking_request', 'select, insert');
grant update (outcome, answered_at, answered_by, decline_reason) on booking_request to praxisbus_app;
-- The worker finds what lapses without seeing whose it is.
create policy relay_finds_lapsing on booking_request for select to praxisbus_relay using (true);
grant select (practice_id, appointment_id, lapses_at, outcome) on booking_request to praxisbus_relay;

-- A second lock on the door. Booking locks the practitioner and looks before it writes; should that ever have a hole, two
-- requests still cannot stand for one time. Only pending ones: what staff schedule may overlap (S-12).
create extension if not exists btree_gist;
alter table appointment add constraint appointment_pending_once
  exclude using gist (practice_id with =, practitioner_id with =, tstzrange(starts_at, ends_at) with &&)
  where (status = 'pending');
