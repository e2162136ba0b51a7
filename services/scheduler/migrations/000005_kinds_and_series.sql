-- S-05 to S-07: contacts, and events without a patient. S-18: what a patient asked for and nobody has answered yet.
alter table appointment add column kind text not null default 'client-session'
  check (kind in ('client-session', 'client-contact', 'collateral-contact', 'other-event'));
alter table appointment alter column kind drop default;
alter table appointment add column medium text;
alter table appointment add column contact_with text;
alter table appointment add column title text;
-- Free: patients may still book that time online (S-07).
alter table appointment add column show_as text not null default 'busy' check (show_as in ('busy', 'free'));
alter table appointment alter column show_as drop default;
alter table appointment alter column patient_id drop not null;
alter table appointment
  add check ((patient_id is null) = (kind = 'other-event')),
  add check ((title is not null) = (kind = 'other-event')),
  add check ((medium is not null) = (kind in ('client-contact', 'collateral-contact'))),
  add check ((contact_with is not null) = (kind = 'collateral-contact')),
  add check (show_as = 'busy' or kind = 'other-event');
alter table appointment drop constraint appointment_status_check;
alter table appointment add constraint appointment_status_check
  check (status in ('pending', 'scheduled', 'checked-in', 'completed', 'cancelled', 'declined', 'deleted'));

-- An edit puts other services and reminders in the place of the old; what they were stands in the facts.
grant delete on appointment_service, appointment_reminder to praxisbus_app;

-- S-13: a rule by which appointments recur. The appointments themselves are rows made two years ahead; this row says how to
-- go on, and from where. Splitting (this and all future) ends one series and begins another that points back.
create table series (
  practice_id uuid not null references practice,
  id uuid not null,
  split_from uuid,
  rule jsonb not null,                  -- domain/recurrence/rule.ts
  start_local timestamp not null,       -- of the first occurrence; the others have the same time of day
  end_local timestamp not null,
  time_zone text not null,
  details jsonb not null,               -- what new occurrences are made of: domain/schedule.ts
  made_before timestamp not null,       -- wall time: occurrences before it are made
  finished boolean not null,            -- no occurrence is left to be made
  version bigint not null default 1,
  primary key (practice_id, id),
  foreign key (practice_id, split_from) references series
);
create index series_unfinished on series (practice_id, made_before) where not finished;
select practice_table('series', 'select, insert, update');

alter table appointment add column series_id uuid;
-- Where the rule put it: names the occurrence, also after it was moved alone.
alter table appointment add column occurrence_local timestamp;
alter table appointment
  add foreign key (practice_id, series_id) references series,
  add check ((series_id is null) = (occurrence_local is null));
create unique index appointment_occurrence on appointment (practice_id, series_id, occurrence_local)
  where series_id is not null;
-- The keeper asks which practices have series to lengthen; it works on each as that practice's application.
create policy relay_finds_due on series for select to praxisbus_relay using (true);
grant select (practice_id, id, made_before, finished) on series to praxisbus_relay;
