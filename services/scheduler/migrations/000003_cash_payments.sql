-- Cash that the patient handed over when the session was marked complete (B-04), beside what was paid before:
-- [{ amountCents, reference }], each a receipt in billing.
alter table session_completion add column cash_payments jsonb not null default '[]';
