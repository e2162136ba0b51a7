-- S-23: when the patient left. The visit can still be completed; it is what the front desk knows, not what is billed.
alter table appointment add column checked_out_at timestamptz;
alter table appointment add check (checked_out_at is null or checked_in_at is not null);
