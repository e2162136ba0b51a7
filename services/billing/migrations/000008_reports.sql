-- Indexes of the reports. What a report sums stands in balances, which no index holds: an index over them would cost each
-- posting a new entry in every index of the account's row.
create index receipt_by_recorded on receipt (practice_id, recorded_at, id);
create index billing_encounter_completed on billing_encounter (practice_id, service_date, id)
  where status = 'posted' and session_completed_at is not null;
-- Disbursements are few; neither column of it changes with the balance.
create index account_disbursed on account (practice_id, code, receipt_id) where kind = 'disbursed';

-- Asked in each policy: as long as it does not say that it may run in a parallel worker, no statement of the application does.
alter function current_practice() parallel safe;
