-- S-18: a patient withdraws what they asked for online, and has no more than so many requests that wait for an answer.
alter table booking_request
  drop constraint booking_request_outcome_check,
  add constraint booking_request_outcome_check check (outcome in ('accepted', 'declined', 'lapsed', 'withdrawn'));

alter table booking_settings add column most_pending int not null default 3 check (most_pending > 0);

-- Counted with every request: a handful of rows, however long the history is.
create index appointment_pending_of_patient on appointment (practice_id, patient_id) where status = 'pending';
