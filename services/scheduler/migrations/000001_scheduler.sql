-- What the scheduler owns: the practice and who and what is in it, patients, appointments.
-- Every id is a UUIDv7 of ours; every foreign key includes the practice, so that a row cannot point into another one.

create table practice (
  practice_id uuid primary key,
  name text not null,
  time_zone text not null,              -- IANA name of the calendar's zone
  scheduler boolean not null,           -- which products the practice uses
  ehr boolean not null,
  billing boolean not null,
  imaging boolean not null,
  version bigint not null default 1
);
select practice_table('practice', 'select, insert, update');

create table practitioner (
  practice_id uuid not null references practice,
  id uuid not null,
  user_id text,                         -- subject of the person's sign-in
  name text not null,
  credentials text,
  npi text,
  active boolean not null,
  version bigint not null default 1,
  primary key (practice_id, id)
);
-- A sign-in is one practitioner of a practice at most: the EHR looks the person up by it.
create unique index practitioner_user on practitioner (practice_id, user_id) where user_id is not null;
create index practitioner_name on practitioner (practice_id, name, id);
select practice_table('practitioner', 'select, insert, update');

create table location (
  practice_id uuid not null references practice,
  id uuid not null,
  name text not null,
  place_of_service text not null,       -- CMS code, two digits
  active boolean not null,
  version bigint not null default 1,
  primary key (practice_id, id)
);
create index location_name on location (practice_id, name, id);
select practice_table('location', 'select, insert, update');

create table room (
  practice_id uuid not null references practice,
  id uuid not null,
  location_id uuid not null,
  name text not null,
  active boolean not null,
  version bigint not null default 1,
  primary key (practice_id, id),
  foreign key (practice_id, location_id) references location
);
create index room_name on room (practice_id, name, id);
select practice_table('room', 'select, insert, update');

create table patient (
  practice_id uuid not null references practice,
  id uuid not null,
  name text not null,
  birth_date date,
  email text,
  phone text,
  address_lines text[] not null default '{}',
  consent_email boolean not null default false,
  consent_phone boolean not null default false,
  consent_text boolean not null default false,
  diagnosis_codes text[] not null default '{}',
  version bigint not null default 1,
  primary key (practice_id, id),
  -- A reminder over a channel that leads nowhere could never be sent.
  check (email is not null or not consent_email),
  check (phone is not null or not (consent_phone or consent_text))
);
create index patient_name on patient (practice_id, name, id);
select practice_table('patient', 'select, insert, update');

-- Copy of billing's catalogue, kept by `service.changed` (S-03).
create table service_replica (
  practice_id uuid not null,
  service_id uuid not null,
  code text not null,
  description text not null,
  amount_cents bigint,                  -- null: no amount yet
  length_minutes int not null,
  default_modifiers text[] not null,
  active boolean not null,
  version bigint not null,
  primary key (practice_id, service_id)
);
create index service_replica_code on service_replica (practice_id, code, service_id);
select practice_table('service_replica', 'select, insert, update');

create table appointment (
  practice_id uuid not null references practice,
  id uuid not null,
  patient_id uuid not null,
  practitioner_id uuid not null,
  location_id uuid,
  room_id uuid,
  -- Wall time and zone are what was agreed; the instants follow from them and can be computed again when a zone's rules
  -- change. The folds say which of two equal wall times is meant, where a clock that was set back shows it twice.
  start_local timestamp not null,
  end_local timestamp not null,
  time_zone text not null,
  start_fold text not null check (start_fold in ('earlier', 'later')),
  end_fold text not null check (end_fold in ('earlier', 'later')),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  modifiers text[] not null,            -- in order, of the primary service
  automatic_modifiers text[] not null,  -- those of them that the location added (S-04)
  billable boolean not null,
  telehealth_url text,
  additional_instructions text,
  session_bridge boolean not null,
  status text not null default 'scheduled' check (status in ('scheduled', 'checked-in', 'completed', 'deleted')),
  checked_in_at timestamptz,
  copay_amount_cents bigint check (copay_amount_cents > 0),
  copay_method text,
  copay_reference text,
  deleted_at timestamptz,
  version bigint not null default 1,
  primary key (practice_id, id),
  foreign key (practice_id, patient_id) references patient,
  foreign key (practice_id, practitioner_id) references practitioner,
  foreign key (practice_id, location_id) references location,
  foreign key (practice_id, room_id) references room,
  check (starts_at < ends_at),
  check ((copay_amount_cents is null) = (copay_method is null)),
  check ((status = 'deleted') = (deleted_at is not null))
);
create index appointment_start on appointment (practice_id, starts_at, id) where status <> 'deleted';
create index appointment_practitioner on appointment (practice_id, practitioner_id, starts_at) where status <> 'deleted';
create index appointment_room on appointment (practice_id, room_id, starts_at) where status <> 'deleted';
select practice_table('appointment', 'select, insert, update');

-- Code and amount as the catalogue had them when the appointment was made.
create table appointment_service (
  practice_id uuid not null,
  appointment_id uuid not null,
  position int not null,                -- 1 is the primary service
  service_id uuid not null,
  code text not null,
  description text not null,
  amount_cents bigint,
  units int not null check (units > 0),
  primary key (practice_id, appointment_id, position),
  foreign key (practice_id, appointment_id) references appointment,
  foreign key (practice_id, service_id) references service_replica
);
select practice_table('appointment_service', 'select, insert');

create table appointment_reminder (
  practice_id uuid not null,
  appointment_id uuid not null,
  position int not null check (position in (1, 2)),
  channel text not null check (channel in ('email', 'phone', 'text')),
  days_ahead int not null check (days_ahead between 1 and 5),
  primary key (practice_id, appointment_id, position),
  foreign key (practice_id, appointment_id) references appointment
);
select practice_table('appointment_reminder', 'select, insert');

-- What a person decided when marking the session complete (S-22). Written once.
create table session_completion (
  practice_id uuid not null,
  appointment_id uuid not null,
  completed_at timestamptz not null,
  completed_by text not null,           -- user id
  billing boolean not null,             -- whether billing was on, so that a bill is to be expected
  payment_type text not null check (payment_type in ('online', 'other')),
  already_paid boolean not null,
  payment_amount_cents bigint,
  payment_method text,
  payment_reference text,
  receipt_email text,
  line_items jsonb not null,
  total_cents bigint not null,
  primary key (practice_id, appointment_id),
  foreign key (practice_id, appointment_id) references appointment,
  check (already_paid = (payment_amount_cents is not null))
);
select practice_table('session_completion', 'select, insert');

-- Receipts that billing has made for a visit, by `receipt.recorded`: whether money taken here has arrived there (S-16).
create table visit_receipt (
  practice_id uuid not null,
  appointment_id uuid not null,         -- may be one we do not know: no foreign key
  receipt_id uuid not null,
  primary key (practice_id, appointment_id, receipt_id)
);
select practice_table('visit_receipt', 'select, insert');
