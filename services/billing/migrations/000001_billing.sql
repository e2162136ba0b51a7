-- Billing: the catalogue, billing encounters, receipts, documents, and the double-entry ledger under them.

-- What other services own, as far as documents and dates need it. Kept by reactions; a row may come late.
create table practice_replica (
  practice_id uuid primary key,
  name text not null,
  time_zone text not null,
  version bigint not null
);
select practice_table('practice_replica', 'select, insert, update');

create table patient_replica (
  practice_id uuid not null,
  id uuid not null,
  name text not null,
  email text,
  address_lines jsonb not null,
  version bigint not null,
  primary key (practice_id, id)
);
select practice_table('patient_replica', 'select, insert, update');

create table practitioner_replica (
  practice_id uuid not null,
  id uuid not null,
  name text not null,
  credentials text,
  version bigint not null,
  primary key (practice_id, id)
);
select practice_table('practitioner_replica', 'select, insert, update');

-- Catalogue (B-01)
create table service (
  practice_id uuid not null,
  id uuid not null,
  code text not null,
  description text not null,
  amount_cents bigint check (amount_cents >= 0),   -- null: no price yet
  length_minutes int not null check (length_minutes > 0),
  default_modifiers text[] not null,
  active boolean not null,
  version bigint not null default 1,
  primary key (practice_id, id)
);
-- A released encounter names procedures by code only: the price must be one.
create unique index service_code on service (practice_id, code) where active;
select practice_table('service', 'select, insert, update');

create table payer (
  practice_id uuid not null,
  id uuid not null,
  name text not null,
  payer_number text,
  active boolean not null default true,
  version bigint not null default 1,
  primary key (practice_id, id),
  unique (practice_id, payer_number)
);
select practice_table('payer', 'select, insert, update');

create table plan (
  practice_id uuid not null,
  id uuid not null,
  payer_id uuid not null,
  name text not null,
  active boolean not null default true,
  primary key (practice_id, id),
  unique (practice_id, payer_id, name),
  foreign key (practice_id, payer_id) references payer
);
select practice_table('plan', 'select, insert, update');

create table rendering_provider (
  practice_id uuid not null,
  id uuid not null,
  practitioner_id uuid,
  name text not null,
  npi text not null,
  active boolean not null default true,
  version bigint not null default 1,
  primary key (practice_id, id),
  unique (practice_id, npi),
  unique (practice_id, practitioner_id)
);
select practice_table('rendering_provider', 'select, insert, update');

-- One row per appointment that billing has heard of. It is there before any bill or receipt, so whatever concerns the
-- visit locks it first: a copay and the charge it belongs to cannot pass each other unseen.
create table visit (
  practice_id uuid not null,
  appointment_id uuid not null,
  deleted_at timestamptz,
  primary key (practice_id, appointment_id)
);
select practice_table('visit', 'select, insert, update');

create table billing_encounter (
  practice_id uuid not null,
  id uuid not null,
  appointment_id uuid,          -- null: a free-standing encounter
  encounter_id uuid,            -- null: the EHR has not released yet
  encounter_number int,
  patient_id uuid not null,
  practitioner_id uuid,
  rendering_provider_id uuid,
  location_id uuid,
  place_of_service text,
  service_date date not null,
  source text not null check (source in ('session', 'encounter')),
  diagnoses jsonb not null default '[]',
  status text not null default 'unsigned' check (status in ('unsigned', 'posted', 'cancelled')),
  session_completed_at timestamptz,
  released_at timestamptz,
  opened_at timestamptz not null default clock_timestamp(),
  version bigint not null default 1,
  primary key (practice_id, id),
  unique (practice_id, appointment_id),
  unique (practice_id, encounter_id),
  foreign key (practice_id, appointment_id) references visit
);
create index billing_encounter_status on billing_encounter (practice_id, status, service_date, id);
select practice_table('billing_encounter', 'select, insert, update');

create table line (
  practice_id uuid not null,
  id uuid not null,
  billing_encounter_id uuid not null,
  position int not null,
  code text not null,
  description text not null,
  units int not null check (units > 0),
  modifiers text[] not null,
  diagnosis_pointers int[] not null,
  unit_amount_cents bigint check (unit_amount_cents >= 0),   -- null: no price yet
  discount_cents bigint not null default 0 check (discount_cents >= 0),
  source text not null check (source in ('session', 'encounter', 'biller')),
  removed_at timestamptz,       -- a biller took it away; a charge of it that was reversed still names it
  primary key (practice_id, id),
  foreign key (practice_id, billing_encounter_id) references billing_encounter
);
create index line_of on line (practice_id, billing_encounter_id, position) where removed_at is null;
select practice_table('line', 'select, insert, update');

-- The ledger -------------------------------------------------------------------------------------------------------

create table reference_batch (
  practice_id uuid not null,
  id uuid not null,
  batch_date date not null,
  is_default boolean not null,
  primary key (practice_id, id),
  unique (practice_id, id, batch_date)
);
create unique index reference_batch_default on reference_batch (practice_id, batch_date) where is_default;
select practice_table('reference_batch', 'select, insert');

create table charge (
  practice_id uuid not null,
  id uuid not null,
  billing_encounter_id uuid not null,
  line_id uuid not null,
  code text not null,
  description text not null,
  units int not null check (units > 0),
  modifiers text[] not null,
  amount_cents bigint not null check (amount_cents >= 0),                                     -- gross
  discount_cents bigint not null check (discount_cents between 0 and amount_cents),
  service_date date not null,
  batch_id uuid not null,
  journal_id uuid,              -- null: a charge of nothing moves no money
  posted_at timestamptz not null,
  reversed_at timestamptz,
  primary key (practice_id, id),
  foreign key (practice_id, billing_encounter_id) references billing_encounter,
  foreign key (practice_id, line_id) references line,
  foreign key (practice_id, batch_id) references reference_batch
);
-- A line is charged once, whatever races.
create unique index charge_once on charge (practice_id, line_id) where reversed_at is null;
create index charge_of on charge (practice_id, billing_encounter_id);
select practice_table('charge', 'select, insert');
grant update (reversed_at) on charge to praxisbus_app;

create table receipt (
  practice_id uuid not null,
  id uuid not null,
  payer_kind text not null check (payer_kind in ('patient', 'insurer')),
  patient_id uuid,
  payer_id uuid,
  appointment_id uuid,
  source text not null check (source in ('desk', 'check-in', 'session')),
  method text not null,
  reference text,
  amount_cents bigint not null check (amount_cents > 0),
  deposit_date date not null,
  batch_id uuid not null,
  journal_id uuid not null,
  recorded_at timestamptz not null,
  version bigint not null default 1,
  primary key (practice_id, id),
  check (case payer_kind when 'patient' then patient_id is not null else payer_id is not null end),
  foreign key (practice_id, appointment_id) references visit,
  foreign key (practice_id, batch_id) references reference_batch
);
create index receipt_of_visit on receipt (practice_id, appointment_id) where appointment_id is not null;
create index receipt_of_patient on receipt (practice_id, patient_id);
select practice_table('receipt', 'select, insert');
grant update (version) on receipt to praxisbus_app;

create table payment (
  practice_id uuid not null,
  id uuid not null,
  receipt_id uuid not null,
  batch_id uuid not null,
  applied_by text not null,
  applied_at timestamptz not null,
  primary key (practice_id, id),
  foreign key (practice_id, receipt_id) references receipt,
  foreign key (practice_id, batch_id) references reference_batch
);
create index payment_of on payment (practice_id, receipt_id);
select practice_table('payment', 'select, insert');

create table payment_application (
  practice_id uuid not null,
  payment_id uuid not null,
  charge_id uuid not null,
  amount_cents bigint not null check (amount_cents > 0),
  journal_id uuid not null,
  removal_journal_id uuid,      -- null: still applied
  primary key (practice_id, payment_id, charge_id),
  foreign key (practice_id, payment_id) references payment,
  foreign key (practice_id, charge_id) references charge
);
create index payment_application_of on payment_application (practice_id, charge_id);
select practice_table('payment_application', 'select, insert');
grant update (removal_journal_id) on payment_application to praxisbus_app;

-- An account belongs to a receipt or to a charge, so no posting waits for an account that other visits share.
create table account (
  practice_id uuid not null,
  id uuid not null,
  kind text not null,
  receipt_id uuid,
  charge_id uuid,
  balance_cents bigint not null default 0,
  primary key (practice_id, id),
  constraint account_once unique nulls not distinct (practice_id, kind, receipt_id, charge_id),
  constraint account_owner check (case
    when kind in ('cash', 'escrow', 'disbursed', 'refunded') then receipt_id is not null and charge_id is null
    when kind in ('receivable', 'revenue', 'discount') then charge_id is not null and receipt_id is null
    else false end),
  -- Debit is positive. Escrow is what we owe the payer, so it is a credit: it never goes below zero in money terms.
  constraint account_rule check (case
    when kind in ('escrow', 'revenue', 'disbursed', 'refunded') then balance_cents <= 0
    else balance_cents >= 0 end),
  foreign key (practice_id, receipt_id) references receipt,
  foreign key (practice_id, charge_id) references charge
);
create index account_of_charge on account (practice_id, charge_id) where charge_id is not null;
create index account_of_receipt on account (practice_id, receipt_id) where receipt_id is not null;
-- The balance is the database's own: the application can neither set nor change it.
select practice_table('account', 'select');
grant insert (practice_id, id, kind, receipt_id, charge_id) on account to praxisbus_app;

create table journal (
  practice_id uuid not null,
  id uuid not null,
  kind text not null check (kind in ('receipt', 'charge', 'payment', 'payment-removal', 'charge-reversal')),
  batch_id uuid not null,
  effective_date date not null,
  recorded_at timestamptz not null default clock_timestamp(),
  recorded_by text not null,
  recorded_in xid8 not null default pg_current_xact_id(),
  corrects_journal_id uuid,
  primary key (practice_id, id),
  unique (practice_id, corrects_journal_id),   -- what was taken back once cannot be taken back again
  check ((corrects_journal_id is not null) = (kind in ('payment-removal', 'charge-reversal'))),
  foreign key (practice_id, batch_id, effective_date) references reference_batch (practice_id, id, batch_date),
  foreign key (practice_id, corrects_journal_id) references journal
);
select practice_table('journal', 'select');
grant insert (practice_id, id, kind, batch_id, effective_date, recorded_by, corrects_journal_id) on journal to praxisbus_app;

create table entry (
  practice_id uuid not null,
  id bigint generated always as identity primary key,
  journal_id uuid not null,
  account_id uuid not null,
  amount_cents bigint not null check (amount_cents <> 0),   -- debit positive
  foreign key (practice_id, journal_id) references journal,
  foreign key (practice_id, account_id) references account
);
create index entry_of_journal on entry (practice_id, journal_id);
create index entry_of_account on entry (practice_id, account_id, id);
select practice_table('entry', 'select');
grant insert (practice_id, journal_id, account_id, amount_cents) on entry to praxisbus_app;

-- Deferred: an account needs its charge or receipt, which names the journal that is posted right after.
alter table charge add foreign key (practice_id, journal_id) references journal deferrable initially deferred;
alter table receipt add foreign key (practice_id, journal_id) references journal deferrable initially deferred;
alter table payment_application add foreign key (practice_id, journal_id) references journal;
alter table payment_application add foreign key (practice_id, removal_journal_id) references journal;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append only: correct it with a journal that points back', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger append_only before update or delete or truncate on journal for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on entry for each statement execute function refuse_change();

-- Entries come only with their journal, and move the balances of their accounts. Accounts are locked by id, so that two
-- postings that meet in several accounts cannot deadlock. Runs as the owner, because the application may not write balances.
create function post_entries() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from posted join journal on journal.practice_id = posted.practice_id and journal.id = posted.journal_id
              where journal.recorded_in <> pg_current_xact_id()) then
    raise exception 'a journal takes no entries after the transaction that recorded it' using errcode = 'restrict_violation';
  end if;
  perform from account
    where exists (select from posted where posted.practice_id = account.practice_id and posted.account_id = account.id)
    order by account.id for update;
  update account set balance_cents = account.balance_cents + moved.cents
    from (select practice_id, account_id, sum(amount_cents)::bigint as cents from posted group by 1, 2) as moved
   where account.practice_id = moved.practice_id and account.id = moved.account_id;
  return null;
end $$;
create trigger post_entries after insert on entry referencing new table as posted for each statement execute function post_entries();

-- Checked at commit. A batch of messages may have gone on to another practice by then, so the journal's own is set.
create function journal_must_balance() returns trigger language plpgsql as $$
declare
  checked uuid := (to_jsonb(new) ->> tg_argv[0])::uuid;
  practice_then text := current_setting('app.practice', true);
  entries int;
  total numeric;
begin
  perform set_config('app.practice', new.practice_id::text, true);
  select count(*), coalesce(sum(amount_cents), 0) into entries, total
    from entry where practice_id = new.practice_id and journal_id = checked;
  perform set_config('app.practice', coalesce(practice_then, ''), true);
  if entries < 2 or total <> 0 then
    raise exception 'journal % does not balance: % entries, sum %', checked, entries, total
      using errcode = 'check_violation', constraint = 'journal_balance';
  end if;
  return null;
end $$;
create constraint trigger journal_balance after insert on journal deferrable initially deferred
  for each row execute function journal_must_balance('id');
create constraint trigger journal_balance after insert on entry deferrable initially deferred
  for each row execute function journal_must_balance('journal_id');

-- Documents --------------------------------------------------------------------------------------------------------

-- The last number given. The row is locked from then to the commit and rolls back with it: no number is skipped.
create table document_counter (
  practice_id uuid not null,
  kind text not null,
  last_number int not null,
  primary key (practice_id, kind)
);
select practice_table('document_counter', 'select, insert, update');

create table document (
  practice_id uuid not null,
  id uuid not null,
  kind text not null check (kind in ('invoice', 'receipt')),
  number int not null check (number > 0),
  status text not null check (status in ('review', 'issued', 'void')),
  patient_id uuid not null,
  billing_encounter_id uuid not null,
  receipt_id uuid,
  total_cents bigint not null,
  content jsonb,                -- null: in review, composed from the ledger at each look; then what was issued
  pdf bytea,                    -- what was sent first; the same bytes for ever
  issued_at timestamptz not null,
  version bigint not null default 1,
  primary key (practice_id, id),
  unique (practice_id, kind, number),
  foreign key (practice_id, billing_encounter_id) references billing_encounter,
  foreign key (practice_id, receipt_id) references receipt
);
create index document_of_patient on document (practice_id, patient_id, id);
create index document_of_encounter on document (practice_id, billing_encounter_id);
select practice_table('document', 'select, insert, update');

create table document_delivery (
  practice_id uuid not null,
  id uuid not null,
  document_id uuid not null,
  address text not null,
  message_id text not null,
  status text not null default 'queued' check (status in ('queued', 'sent', 'failed')),
  attempts int not null default 0,
  next_attempt_at timestamptz not null,
  last_error text,
  queued_at timestamptz not null,
  sent_at timestamptz,
  primary key (practice_id, id),
  unique (practice_id, message_id),
  foreign key (practice_id, document_id) references document
);
create index document_delivery_due on document_delivery (next_attempt_at) where status = 'queued';
create index document_delivery_of on document_delivery (practice_id, document_id, id);
-- One at a time: a second click does not send twice.
create unique index document_delivery_open on document_delivery (practice_id, document_id) where status = 'queued';
select practice_table('document_delivery', 'select, insert, update');
-- The sender asks which practices have mail to send; it works on each as that practice's application.
create policy relay_finds_due on document_delivery for select to praxisbus_relay using (true);
grant select (practice_id, id, status, next_attempt_at) on document_delivery to praxisbus_relay;
