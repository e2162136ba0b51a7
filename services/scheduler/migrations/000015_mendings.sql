-- S-08: new zone rules move requests that wait, several of one practitioner at once. Looked at with the end of the statement, or of
-- the transaction where it asks for that, two that stand back to back pass; looked at row by row the first stood in the second's way.
alter table appointment drop constraint appointment_pending_once;
alter table appointment add constraint appointment_pending_once
  exclude using gist (practice_id with =, practitioner_id with =, tstzrange(starts_at, ends_at) with &&)
  where (status = 'pending') deferrable;
-- ... and a request lapses at its start, wherever that is now.
grant update (lapses_at) on booking_request to praxisbus_app;

-- S-24: a patient has one offer at a time, however many places in the line, also where two workers look at the same moment. null: made
-- before this column was, or by a process of that time; such an offer ends within its hour, and the worker looks it up by its entry.
alter table waitlist_offer add column patient_id uuid;
alter table waitlist_offer add foreign key (practice_id, patient_id) references patient;
create unique index waitlist_offer_patient on waitlist_offer (practice_id, patient_id) where status = 'offered';

-- S-21: what is past and not complete. Few, among years of what is; other-events stay `scheduled` for ever, so they are left out.
create index appointment_to_complete on appointment (practice_id, starts_at, id)
  where status in ('scheduled', 'checked-in') and kind <> 'other-event';
-- ... and what came to nothing. Nothing is in here when it is made, so booking does not pay for it.
create index appointment_came_to_nothing on appointment (practice_id, status, starts_at, id)
  where status in ('cancelled', 'declined');
-- S-10: what is for somebody to look at, which is hardly any; and all of one patient.
create index patient_message_to_look_at on patient_message (practice_id, due_at, id) where state in ('failed', 'unknown');
create index patient_message_patient on patient_message (practice_id, patient_id, due_at, id);
