-- S-19: a practitioner's Google calendar, kept in step both ways. docs/decisions/0016-google-calendar.md

create table google_connection (
  practice_id uuid not null references practice,
  id uuid not null,
  practitioner_id uuid not null,
  calendar_id text not null,                   -- as Google names it, never `primary`
  refresh_token text,                          -- sealed with a key of the settings; null: given back
  state text not null check (state in ('connected', 'reconnect_needed', 'disconnected')),
  patient_shown_as text not null check (patient_shown_as in ('nothing', 'initials', 'name')),
  titles_shown boolean not null,               -- of own events without a patient
  sync_token text,                             -- null: all is read anew
  window_start timestamptz,                    -- what the sync token was made for
  window_end timestamptz,
  channel_id uuid,
  channel_resource_id text,
  channel_expires_at timestamptz,
  pull_at timestamptz not null,                -- when Google is asked for changes next
  notified_at timestamptz,                     -- when Google last told of changes
  wait_until timestamptz not null default '-infinity',   -- nothing is asked before: Google is away or busy
  attempts int not null default 0,             -- failures in a row
  lease uuid,                                  -- who works on it, and how long nobody else does
  leased_until timestamptz not null default '-infinity',
  last_synced_at timestamptz,
  last_error text,
  connected_at timestamptz not null,
  connected_by text not null,                  -- user id
  disconnected_at timestamptz,
  version bigint not null default 1,
  primary key (practice_id, id),
  foreign key (practice_id, practitioner_id) references practitioner,
  check ((state = 'disconnected') = (disconnected_at is not null)),
  check ((state = 'disconnected') = (refresh_token is null))
);
create unique index google_connection_live on google_connection (practice_id, practitioner_id) where state <> 'disconnected';
-- Two practitioners with one calendar would be busy with each other's appointments.
create unique index google_connection_calendar on google_connection (practice_id, calendar_id) where state <> 'disconnected';
create index google_connection_due on google_connection (wait_until) where state = 'connected';
create index google_connection_channel on google_connection (channel_id) where channel_id is not null;
select practice_table('google_connection', 'select, insert, update');

-- What is known of an event in that calendar.
create table google_event (
  practice_id uuid not null,
  connection_id uuid not null,
  event_id text not null,
  origin text not null check (origin in ('praxisbus', 'google')),
  appointment_id uuid,                         -- of ours; those of outside events are in google_event_piece
  generation int not null default 0,           -- of our event ids: Google keeps the id of a deleted event for itself
  etag text,                                   -- as last read or written; null: not known
  content jsonb,                               -- what both sides agreed on last; null: nothing
  sent jsonb not null default '[]',            -- what was sent and may have arrived: recognised when it comes back
  gone boolean not null default false,         -- deleted there
  version bigint not null default 0,           -- of our appointment, when it was last looked at
  seen_in uuid,                                -- the last full reading that had it
  last_error text,
  primary key (practice_id, connection_id, event_id),
  foreign key (practice_id, connection_id) references google_connection,
  check ((appointment_id is not null) = (origin = 'praxisbus'))
);
create unique index google_event_appointment on google_event (practice_id, connection_id, appointment_id)
  where appointment_id is not null;
create index google_event_of on google_event (practice_id, appointment_id) where appointment_id is not null;
select practice_table('google_event', 'select, insert, update, delete');

-- An outside event as other-events of ours: one for each day, since none lasts longer than 24 hours.
create table google_event_piece (
  practice_id uuid not null,
  connection_id uuid not null,
  event_id text not null,
  appointment_id uuid not null,
  primary key (practice_id, connection_id, event_id, appointment_id),
  foreign key (practice_id, connection_id, event_id) references google_event on delete cascade,
  foreign key (practice_id, appointment_id) references appointment
);
create unique index google_event_piece_of on google_event_piece (practice_id, appointment_id);
select practice_table('google_event_piece', 'select, insert, delete');

-- Appointments to look at, noted by whatever changed them in its own transaction. Only ever added to and taken from, so that no
-- verb waits for the sync.
create table google_push (
  practice_id uuid not null,
  id bigint generated always as identity,
  connection_id uuid not null,
  appointment_id uuid not null,
  changed_at timestamptz,                      -- null: found by looking, not known since when
  primary key (practice_id, id)
);
create index google_push_of on google_push (practice_id, connection_id, id);
select practice_table('google_push', 'select, insert, delete');

-- What somebody did in Google to a visit of ours, and a person here says yes or no to.
create table calendar_proposal (
  practice_id uuid not null,
  id uuid not null,
  connection_id uuid not null,
  appointment_id uuid not null,
  kind text not null check (kind in ('move', 'cancel')),
  starts_at timestamptz,
  ends_at timestamptz,
  state text not null default 'open' check (state in ('open', 'accepted', 'declined', 'superseded')),
  overwritten boolean not null default false,  -- Google shows our state again
  proposed_at timestamptz not null,
  decided_at timestamptz,
  decided_by text,                             -- user id; of superseded ones `service:scheduler`
  version bigint not null default 1,
  primary key (practice_id, id),
  foreign key (practice_id, connection_id) references google_connection,
  foreign key (practice_id, appointment_id) references appointment,
  check ((kind = 'move') = (starts_at is not null and ends_at is not null)),
  check ((state = 'open') = (decided_at is null))
);
create unique index calendar_proposal_open on calendar_proposal (practice_id, appointment_id) where state = 'open';
create index calendar_proposal_list on calendar_proposal (practice_id, state, id);
select practice_table('calendar_proposal', 'select, insert, update');

-- By trigger, so that no verb can forget it: the connection of the practitioner, and wherever the appointment stands already.
create function note_google_push() returns trigger
  language plpgsql as $$
begin
  if exists (select from google_connection where state = 'connected') then
    insert into google_push (practice_id, connection_id, appointment_id, changed_at)
    select changed.practice_id, connection.id, changed.id, clock_timestamp()
      from changed join google_connection as connection
        on connection.practice_id = changed.practice_id and connection.state = 'connected'
       and (connection.practitioner_id = changed.practitioner_id
            or exists (select from google_event as event
                        where event.practice_id = changed.practice_id and event.appointment_id = changed.id
                          and event.connection_id = connection.id)
            or exists (select from google_event_piece as piece
                        where piece.practice_id = changed.practice_id and piece.appointment_id = changed.id
                          and piece.connection_id = connection.id));
  end if;
  return null;
end $$;
create trigger google_push_made after insert on appointment
  referencing new table as changed for each statement execute function note_google_push();
create trigger google_push_changed after update on appointment
  referencing new table as changed for each statement execute function note_google_push();

-- The worker asks across practices what is due, and a notification whose it is; each is worked on as that practice's application.
create policy relay_finds_due on google_connection for select to praxisbus_relay using (true);
grant select (practice_id, id, state, pull_at, wait_until, leased_until, channel_id) on google_connection to praxisbus_relay;
create policy relay_finds_due on google_push for select to praxisbus_relay using (true);
grant select (practice_id, connection_id) on google_push to praxisbus_relay;
