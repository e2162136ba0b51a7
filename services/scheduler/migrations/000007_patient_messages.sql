-- What goes out to patients about an appointment: reminders (S-10), confirmations (S-09), the link to give feedback (S-11).
--   waiting  for its moment, or for the next attempt
--   sending  claimed, committed before anything goes out; whoever dies now leaves it so until the claim runs out
--   sent     the mail server or the provider took it
--   unknown  it may have gone out and may not: never sent again by itself
--   failed   it was not sent, and somebody should know; the reason says why
--   dropped  it is not wanted any more
create table patient_message (
  practice_id uuid not null references practice,
  id uuid not null,
  appointment_id uuid not null,
  patient_id uuid not null,
  kind text not null check (kind in ('reminder', 'confirmation', 'feedback')),
  channel text not null check (channel in ('email', 'phone', 'text')),
  days_ahead int check (days_ahead between 1 and 5),
  ordinal int not null,                 -- of the same reminder of the same appointment: the next one tells of another start
  starts_at timestamptz not null,       -- the start that it tells of
  due_at timestamptz not null,
  state text not null check (state in ('waiting', 'sending', 'sent', 'unknown', 'failed', 'dropped')),
  reason text,                          -- why it failed, was dropped or waits for another attempt
  last_error text,                      -- what the mail server or the provider said last
  attempts int not null default 0,      -- counted before each is made
  tried_at timestamptz,                 -- the first of these attempts
  next_look_at timestamptz,             -- when the sender takes it up; null: it waits for nothing
  address text,                         -- where it goes, once an attempt was made
  provider_reference text,
  planned_at timestamptz not null,
  sent_at timestamptz,
  version bigint not null default 1,
  primary key (practice_id, id),
  unique nulls not distinct (practice_id, appointment_id, kind, channel, days_ahead, ordinal),
  foreign key (practice_id, appointment_id) references appointment,
  foreign key (practice_id, patient_id) references patient,
  check ((kind = 'reminder') = (days_ahead is not null)),
  check ((state in ('waiting', 'sending')) = (next_look_at is not null)),
  check ((state = 'sent') = (sent_at is not null)),
  check (state not in ('failed', 'dropped') or reason is not null)
);
-- One of a kind waits at a time, so that nothing is planned twice.
create unique index patient_message_waiting on patient_message
  (practice_id, appointment_id, kind, channel, coalesce(days_ahead, 0)) where state = 'waiting';
create index patient_message_list on patient_message (practice_id, due_at, id);
create index patient_message_due on patient_message (channel, next_look_at) where next_look_at is not null;
-- After a clock was set back, what was tried before waits for a moment that is far away by now.
create index patient_message_far on patient_message (next_look_at) where next_look_at is not null and attempts > 0;
-- What a wrong clock or a lacking setting kept back, and may still be of use.
create index patient_message_kept_back on patient_message (starts_at)
  where state in ('failed', 'dropped') and reason in ('too-late', 'channel-not-set-up');
select practice_table('patient_message', 'select, insert, update');

-- The sender asks which practices have something to send; it works on each as that practice's application.
create policy relay_finds_due on patient_message for select to praxisbus_relay using (true);
grant select (practice_id, id, appointment_id, channel, state, reason, attempts, starts_at, next_look_at)
  on patient_message to praxisbus_relay;
-- ... and which appointments want reminders that nobody has planned: made before this table was, or by a process of that time.
create policy relay_finds_unplanned on appointment_reminder for select to praxisbus_relay using (true);
grant select (practice_id, appointment_id) on appointment_reminder to praxisbus_relay;

-- S-11: links by which patients say how a session was. Each attempt to send has one of its own.
create table feedback_link (
  practice_id uuid not null references practice,
  token_hash bytea not null,            -- SHA-256 of what the link carries, which stands nowhere
  appointment_id uuid not null,
  expires_at timestamptz not null,
  primary key (practice_id, token_hash),
  foreign key (practice_id, appointment_id) references appointment
);
create unique index feedback_link_token on feedback_link (token_hash);
select practice_table('feedback_link', 'select, insert');
-- Nobody signs in to the page: whose the link is, is looked up by the hash.
create policy relay_finds_link on feedback_link for select to praxisbus_relay using (true);
grant select (practice_id, token_hash, appointment_id, expires_at) on feedback_link to praxisbus_relay;

create table session_feedback (
  practice_id uuid not null references practice,
  appointment_id uuid not null,
  id uuid not null,
  relationship int not null check (relationship between 0 and 10),
  goals int not null check (goals between 0 and 10),
  approach int not null check (approach between 0 and 10),
  overall int not null check (overall between 0 and 10),
  comment text,
  given_at timestamptz not null,
  primary key (practice_id, appointment_id),   -- once
  foreign key (practice_id, appointment_id) references appointment
);
select practice_table('session_feedback', 'select, insert');
