-- S-24: who waits for a time, in the order in which they came.
create table waitlist_entry (
  practice_id uuid not null references practice,
  id uuid not null,
  patient_id uuid not null,
  service_id uuid not null,
  practitioner_id uuid,                 -- null: any who offers the service online
  first_day date not null,
  last_day date not null,
  times jsonb not null,                 -- [{ weekdays, from, to }], by the clock of the practice; []: any time
  status text not null default 'waiting' check (status in ('waiting', 'offered', 'booked', 'withdrawn')),
  appointment_id uuid,
  entered_at timestamptz not null,
  version bigint not null default 1,
  primary key (practice_id, id),
  foreign key (practice_id, patient_id) references patient,
  foreign key (practice_id, service_id) references service_replica,
  foreign key (practice_id, practitioner_id) references practitioner,
  foreign key (practice_id, appointment_id) references appointment,
  check (first_day <= last_day),
  check ((status = 'booked') = (appointment_id is not null))
);
create index waitlist_entry_order on waitlist_entry (practice_id, entered_at, id);
create index waitlist_entry_line on waitlist_entry (practice_id, entered_at, id) where status in ('waiting', 'offered');
select practice_table('waitlist_entry', 'select, insert, update');

-- A time that became free while somebody waited. While it is open it is offered to one after another, and held for them.
create table freed_time (
  practice_id uuid not null references practice,
  id uuid not null,
  practitioner_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  freed_at timestamptz not null,
  state text not null default 'open' check (state in ('open', 'done')),
  next_look_at timestamptz not null,
  primary key (practice_id, id),
  foreign key (practice_id, practitioner_id) references practitioner,
  check (starts_at < ends_at)
);
create index freed_time_due on freed_time (next_look_at) where state = 'open';
create index freed_time_held on freed_time (practice_id, practitioner_id, starts_at) where state = 'open';
select practice_table('freed_time', 'select, insert');
grant update (state, next_look_at) on freed_time to praxisbus_app;
create policy relay_finds_due on freed_time for select to praxisbus_relay using (true);
grant select (practice_id, id, state, next_look_at) on freed_time to praxisbus_relay;

create table waitlist_offer (
  practice_id uuid not null,
  id uuid not null,
  entry_id uuid not null,
  freed_id uuid not null,
  practitioner_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  offered_at timestamptz not null,
  expires_at timestamptz not null,
  status text not null default 'offered' check (status in ('offered', 'accepted', 'declined', 'lapsed', 'withdrawn')),
  ended_at timestamptz,
  ended_by text,                        -- user id; null: nobody, it lapsed
  primary key (practice_id, id),
  foreign key (practice_id, entry_id) references waitlist_entry,
  foreign key (practice_id, freed_id) references freed_time,
  foreign key (practice_id, practitioner_id) references practitioner,
  check (offered_at < expires_at and expires_at < starts_at and starts_at < ends_at),
  check ((status = 'offered') = (ended_at is null))
);
-- Nobody has two offers at once, and no time is offered to two.
create unique index waitlist_offer_entry on waitlist_offer (practice_id, entry_id) where status = 'offered';
create unique index waitlist_offer_freed on waitlist_offer (practice_id, freed_id) where status = 'offered';
create index waitlist_offer_once on waitlist_offer (practice_id, freed_id, entry_id);
create index waitlist_offer_open on waitlist_offer (practice_id, practitioner_id, starts_at) where status = 'offered';
select practice_table('waitlist_offer', 'select, insert');
grant update (status, ended_at, ended_by) on waitlist_offer to praxisbus_app;
