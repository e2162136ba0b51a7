-- The books whole: batches by name, periods that close, insurers' money, coverages, disbursements, refunds, corrected receipts.

-- Batches and periods (B-09) -----------------------------------------------------------------------------------------
alter table reference_batch
  add column name text,                       -- null: the default batch of its day
  add column opened_by text not null default 'service:billing',
  add column opened_at timestamptz not null default clock_timestamp();
create index reference_batch_by_date on reference_batch (practice_id, batch_date, id);

-- One row per closing. Periods follow each other without a gap, the first reaches back to the first day, and only the last
-- one may be opened again: so "closed" is one date, and nothing lands before it.
create table reporting_period (
  practice_id uuid not null,
  id uuid not null,
  starts_on date,                             -- null: from the first day on
  ends_on date not null,
  closed_at timestamptz not null,
  closed_by text not null,
  -- What the period held when it was closed (B-19): see docs/billing.md for how it is computed.
  seal text not null,
  previous_seal text,
  journals int not null,
  entries int not null,
  reopened_at timestamptz,
  reopened_by text,
  reopen_reason text,
  primary key (practice_id, id),
  check (starts_on is null or starts_on <= ends_on),
  check ((reopened_at is null) = (reopened_by is null) and (reopened_at is null) = (reopen_reason is null))
);
create unique index reporting_period_closed on reporting_period (practice_id, ends_on) where reopened_at is null;
select practice_table('reporting_period', 'select, insert');
grant update (reopened_at, reopened_by, reopen_reason) on reporting_period to praxisbus_app;

-- Postings of a practice share this lock until they commit; who closes or opens a period takes it alone. So a posting is
-- either in what the closing seals, or comes after it and is refused.
create function books_lock(practice uuid) returns bigint language sql immutable
  return hashtextextended('books:' || practice::text, 7301);
create function closed_through(practice uuid) returns date language sql stable
  return (select max(ends_on) from reporting_period where practice_id = practice and reopened_at is null);

create function journal_in_open_period() returns trigger language plpgsql as $$
declare
  checked record;
  closed date;
begin
  for checked in select practice_id, min(effective_date) as first_date from posted group by practice_id loop
    perform pg_advisory_xact_lock_shared(books_lock(checked.practice_id));
    closed := closed_through(checked.practice_id);
    if checked.first_date <= closed then
      raise exception 'a journal of % is dated in a period that is closed through %', checked.first_date, closed
        using errcode = 'check_violation', constraint = 'journal_in_open_period';
    end if;
  end loop;
  return null;
end $$;
create trigger open_period after insert on journal referencing new table as posted
  for each statement execute function journal_in_open_period();

-- Coverages (B-01): in the order in which they are billed ----------------------------------------------------------------
alter table plan add constraint plan_of_payer unique (practice_id, payer_id, id);
create table patient_coverages (
  practice_id uuid not null,
  patient_id uuid not null,
  version bigint not null default 1,
  primary key (practice_id, patient_id)
);
select practice_table('patient_coverages', 'select, insert, update');
create table coverage (
  practice_id uuid not null,
  id uuid not null,
  patient_id uuid not null,
  position int not null check (position > 0),
  payer_id uuid not null,
  plan_id uuid,
  member_id text not null,
  starts_on date,
  ends_on date,
  removed_at timestamptz,
  primary key (practice_id, id),
  check (starts_on is null or ends_on is null or starts_on <= ends_on),
  foreign key (practice_id, patient_id) references patient_coverages,
  foreign key (practice_id, payer_id) references payer,
  foreign key (practice_id, payer_id, plan_id) references plan (practice_id, payer_id, id)
);
create index coverage_of on coverage (practice_id, patient_id, position) where removed_at is null;
select practice_table('coverage', 'select, insert, update');

-- Who owes the charges of a bill when they post: the patient, or the first coverage of that day.
alter table billing_encounter add column bill_to text not null default 'patient' check (bill_to in ('patient', 'insurance'));

alter table charge add column payer_id uuid;  -- whom it was billed to first; null: the patient

-- Receipts -----------------------------------------------------------------------------------------------------------
alter table receipt
  add column plan_id uuid,
  add column deleted_at timestamptz,
  drop constraint receipt_source_check,
  add constraint receipt_source_check check (source in ('desk', 'check-in', 'session', 'online', 'file', 'agency')),
  add constraint receipt_payer_fkey foreign key (practice_id, payer_id) references payer,
  add constraint receipt_plan_fkey foreign key (practice_id, payer_id, plan_id) references plan (practice_id, payer_id, id);
create index receipt_of_payer on receipt (practice_id, payer_id) where payer_id is not null;
create index receipt_by_deposit on receipt (practice_id, deposit_date, id);
create index receipt_of_batch on receipt (practice_id, batch_id, id);
-- Only what modify-receipt changes (B-14); each change leaves what was there in receipt_revision.
grant update (payer_kind, patient_id, payer_id, plan_id, method, reference, amount_cents, deposit_date, batch_id, journal_id, deleted_at)
  on receipt to praxisbus_app;

create table receipt_revision (
  practice_id uuid not null,
  receipt_id uuid not null,
  version bigint not null,                    -- of the receipt before the change
  change text not null check (change in ('modified', 'deleted')),
  reason text not null,
  changed_by text not null,
  changed_at timestamptz not null,
  before jsonb not null,
  primary key (practice_id, receipt_id, version),
  foreign key (practice_id, receipt_id) references receipt
);
select practice_table('receipt_revision', 'select, insert');

-- Own codes beside O, E, CP and V, which every practice has (B-11).
create table disbursement_code (
  practice_id uuid not null,
  code text not null,
  description text not null,
  active boolean not null default true,
  version bigint not null default 1,
  primary key (practice_id, code),
  check (code not in ('O', 'E', 'CP', 'V'))
);
select practice_table('disbursement_code', 'select, insert, update');

create table disbursement (
  practice_id uuid not null,
  id uuid not null,
  receipt_id uuid not null,
  code text not null,
  system text,                                -- the other system that the money is posted in, for code O
  note text,
  amount_cents bigint not null check (amount_cents > 0),
  batch_id uuid not null,
  journal_id uuid not null,
  undo_journal_id uuid,                       -- null: it stands
  recorded_by text not null,
  recorded_at timestamptz not null,
  primary key (practice_id, id),
  foreign key (practice_id, receipt_id) references receipt,
  foreign key (practice_id, batch_id) references reference_batch,
  foreign key (practice_id, journal_id) references journal,
  foreign key (practice_id, undo_journal_id) references journal
);
create index disbursement_of on disbursement (practice_id, receipt_id);
select practice_table('disbursement', 'select, insert');
grant update (undo_journal_id) on disbursement to praxisbus_app;

create table refund (
  practice_id uuid not null,
  id uuid not null,
  receipt_id uuid not null,
  method text not null,
  reference text,
  reason text not null,
  amount_cents bigint not null check (amount_cents > 0),
  batch_id uuid not null,
  journal_id uuid not null,
  undo_journal_id uuid,                       -- null: it stands; else the check was voided or came back
  recorded_by text not null,
  recorded_at timestamptz not null,
  primary key (practice_id, id),
  foreign key (practice_id, receipt_id) references receipt,
  foreign key (practice_id, batch_id) references reference_batch,
  foreign key (practice_id, journal_id) references journal,
  foreign key (practice_id, undo_journal_id) references journal
);
create index refund_of on refund (practice_id, receipt_id);
select practice_table('refund', 'select, insert');
grant update (undo_journal_id) on refund to praxisbus_app;

-- What an insurer's remittance says of a charge (B-15), beside the money that it applies. Negative: a take-back.
alter table payment_application
  drop constraint payment_application_amount_cents_check,
  add column allowed_cents bigint check (allowed_cents >= 0),
  add column adjustments jsonb not null default '[]',   -- [{ group, reason, amountCents }]
  add column moved jsonb not null default '[]',         -- [{ payerId, amountCents }]: A/R that went on to the next who owes; payerId null: the patient
  add column insurer boolean not null default false,
  add constraint payment_application_amount check (amount_cents > 0 or insurer);

-- The ledger ----------------------------------------------------------------------------------------------------------
-- An account may also belong to one payer's share of a charge, to an adjustment code, or to a disbursement code and system.
alter table account
  add column payer_id uuid,                   -- receivable: who owes it; null: the patient
  add column code text,                       -- disbursed: the code; adjustment: group and reason, CO-45
  add column system text,                     -- disbursed: the other system
  drop constraint account_once,
  drop constraint account_owner,
  drop constraint account_rule,
  add constraint account_once unique nulls not distinct (practice_id, kind, receipt_id, charge_id, payer_id, code, system),
  add constraint account_owner check (case
    when kind in ('cash', 'escrow', 'refunded') then receipt_id is not null and charge_id is null and payer_id is null and code is null and system is null
    when kind = 'disbursed' then receipt_id is not null and charge_id is null and payer_id is null and code is not null
    when kind = 'receivable' then charge_id is not null and receipt_id is null and code is null and system is null
    when kind = 'adjustment' then charge_id is not null and receipt_id is null and payer_id is null and code is not null and system is null
    when kind in ('revenue', 'discount', 'collections', 'collection-fee') then charge_id is not null and receipt_id is null and payer_id is null and code is null and system is null
    else false end),
  -- An adjustment may go either way: payers also add, for instance interest or what they cut too much before.
  add constraint account_rule check (case
    when kind in ('escrow', 'revenue', 'disbursed', 'refunded') then balance_cents <= 0
    when kind = 'adjustment' then true
    else balance_cents >= 0 end);
grant insert (payer_id, code, system) on account to praxisbus_app;

alter table journal
  drop constraint journal_kind_check,
  drop constraint journal_check,
  add constraint journal_kind_check check (kind in ('receipt', 'receipt-reversal', 'charge', 'charge-reversal', 'payment', 'payment-removal',
    'disbursement', 'disbursement-undo', 'refund', 'refund-undo', 'transfer', 'adjustment', 'adjustment-undo',
    'collection', 'collection-return')),
  add constraint journal_corrects check ((corrects_journal_id is not null) =
    (kind in ('receipt-reversal', 'charge-reversal', 'payment-removal', 'disbursement-undo', 'refund-undo', 'adjustment-undo')));
create index journal_by_date on journal (practice_id, effective_date, id);
create index journal_of_batch on journal (practice_id, batch_id, id);

-- Entries of a journal come balanced in the statement that brings them, so one look at what came is enough; that a journal has
-- entries at all is asked at commit, once per journal. (Asking per entry at commit took longer than all the rest.)
create or replace function post_entries() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  unbalanced record;
begin
  if exists (select from posted join journal on journal.practice_id = posted.practice_id and journal.id = posted.journal_id
              where journal.recorded_in <> pg_current_xact_id()) then
    raise exception 'a journal takes no entries after the transaction that recorded it' using errcode = 'restrict_violation';
  end if;
  select journal_id, count(*) as entries, sum(amount_cents) as total into unbalanced
    from posted group by journal_id having count(*) < 2 or sum(amount_cents) <> 0 limit 1;
  if found then
    raise exception 'journal % does not balance: % entries, sum %', unbalanced.journal_id, unbalanced.entries, unbalanced.total
      using errcode = 'check_violation', constraint = 'journal_balance';
  end if;
  perform from account
    where exists (select from posted where posted.practice_id = account.practice_id and posted.account_id = account.id)
    order by account.id for update;
  update account set balance_cents = account.balance_cents + moved.cents
    from (select practice_id, account_id, sum(amount_cents)::bigint as cents from posted group by 1, 2) as moved
   where account.practice_id = moved.practice_id and account.id = moved.account_id;
  return null;
end $$;
drop trigger journal_balance on entry;

-- What is still owed on a charge, by all who owe it.
create view charge_owed with (security_invoker = true) as
  select practice_id, charge_id, sum(balance_cents)::bigint as balance_cents
    from account where kind = 'receivable' group by practice_id, charge_id;
grant select on charge_owed to praxisbus_app;

-- A receipt says what its cash account holds: nobody changes one without the other.
create function receipt_is_its_cash() returns trigger language plpgsql as $$
declare
  practice_then text := current_setting('app.practice', true);
  cash bigint;
begin
  perform set_config('app.practice', new.practice_id::text, true);
  select balance_cents into cash from account
   where practice_id = new.practice_id and receipt_id = new.id and kind = 'cash';
  perform set_config('app.practice', coalesce(practice_then, ''), true);
  if cash is distinct from (case when new.deleted_at is null then new.amount_cents else 0 end) then
    raise exception 'receipt % says % cents, its cash account %', new.id, new.amount_cents, cash
      using errcode = 'check_violation', constraint = 'receipt_is_its_cash';
  end if;
  return null;
end $$;
create constraint trigger receipt_is_its_cash after insert or update of amount_cents, deleted_at on receipt
  deferrable initially deferred for each row execute function receipt_is_its_cash();
