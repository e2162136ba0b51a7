-- Events that came from a file of iCalendar (S-13), by what they go by there: the same file makes nothing twice. By practitioner, since
-- one meeting stands in the calendars of all who take part.
create table imported_event (
  practice_id uuid not null references practice,
  practitioner_id uuid not null,
  uid text not null,
  recurrence_key text not null,         -- RECURRENCE-ID of an exception, else ''
  sequence int not null,
  fingerprint text not null,            -- of all that the event said
  series_id uuid,
  appointment_ids uuid[] not null,      -- of a series: only those that came besides its rule
  imported_at timestamptz not null,
  primary key (practice_id, practitioner_id, uid, recurrence_key),
  foreign key (practice_id, practitioner_id) references practitioner,
  foreign key (practice_id, series_id) references series
);
select practice_table('imported_event', 'select, insert');
