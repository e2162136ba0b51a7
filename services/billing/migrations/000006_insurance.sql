-- Insurance posting (B-15): denials that move nothing, receipts of nothing, A/R that a person moves or writes off.

-- A remittance of denials, or one whose payments a take-back ate up, is a receipt of nothing: it has no journal.
alter table receipt
  drop constraint receipt_amount_cents_check,
  alter column journal_id drop not null,
  add constraint receipt_amount check (amount_cents > 0 or (amount_cents = 0 and payer_kind = 'insurer')),
  add constraint receipt_journal check (journal_id is not null or amount_cents = 0);

create or replace function receipt_is_its_cash() returns trigger language plpgsql as $$
declare
  practice_then text := current_setting('app.practice', true);
  cash bigint;
begin
  perform set_config('app.practice', new.practice_id::text, true);
  select coalesce(sum(balance_cents), 0) into cash from account
   where practice_id = new.practice_id and receipt_id = new.id and kind = 'cash';
  perform set_config('app.practice', coalesce(practice_then, ''), true);
  if cash <> (case when new.deleted_at is null then new.amount_cents else 0 end) then
    raise exception 'receipt % says % cents, its cash account %', new.id, new.amount_cents, cash
      using errcode = 'check_violation', constraint = 'receipt_is_its_cash';
  end if;
  return null;
end $$;

-- A line that only writes down what the payer said (a denial that is worked on) moves nothing and has no journal. It stands
-- until `removed_at`; every other line until its `removal_journal_id`.
alter table payment_application
  alter column journal_id drop not null,
  add column post_as text check (post_as in ('primary', 'secondary')),
  add column removed_at timestamptz,
  add constraint payment_application_journal check (journal_id is not null or (insurer and amount_cents = 0)),
  add constraint payment_application_removal check (removed_at is null or journal_id is null);
grant update (removed_at) on payment_application to praxisbus_app;

-- Counts what happens to a charge outside of receipts: its A/R moves to another, or is written off.
alter table charge add column version bigint not null default 1;
grant update (version) on charge to praxisbus_app;

create table balance_transfer (
  practice_id uuid not null,
  id uuid not null,
  charge_id uuid not null,
  from_payer_id uuid,                         -- null: the patient
  to_payer_id uuid,
  amount_cents bigint not null check (amount_cents > 0),
  note text,
  batch_id uuid not null,
  journal_id uuid not null,
  recorded_by text not null,
  recorded_at timestamptz not null,
  primary key (practice_id, id),
  check (from_payer_id is distinct from to_payer_id),
  foreign key (practice_id, charge_id) references charge,
  foreign key (practice_id, from_payer_id) references payer,
  foreign key (practice_id, to_payer_id) references payer,
  foreign key (practice_id, batch_id) references reference_batch,
  foreign key (practice_id, journal_id) references journal
);
create index balance_transfer_of on balance_transfer (practice_id, charge_id);
select practice_table('balance_transfer', 'select, insert');

-- Own codes for writing off, beside the claim adjustment reason codes.
create table write_off_code (
  practice_id uuid not null,
  code text not null,
  description text not null,
  active boolean not null default true,
  version bigint not null default 1,
  primary key (practice_id, code)
);
select practice_table('write_off_code', 'select, insert, update');

create table charge_adjustment (
  practice_id uuid not null,
  id uuid not null,
  charge_id uuid not null,
  payer_id uuid,                              -- whose share was written off; null: the patient's
  code text not null,                         -- of the account: CO-45, or OWN-SMALL for the practice's own code SMALL
  amount_cents bigint not null check (amount_cents > 0),
  note text,
  batch_id uuid not null,
  journal_id uuid not null,
  undo_journal_id uuid,                       -- null: it stands
  recorded_by text not null,
  recorded_at timestamptz not null,
  primary key (practice_id, id),
  foreign key (practice_id, charge_id) references charge,
  foreign key (practice_id, payer_id) references payer,
  foreign key (practice_id, batch_id) references reference_batch,
  foreign key (practice_id, journal_id) references journal,
  foreign key (practice_id, undo_journal_id) references journal
);
create index charge_adjustment_of on charge_adjustment (practice_id, charge_id);
select practice_table('charge_adjustment', 'select, insert');
grant update (undo_journal_id) on charge_adjustment to praxisbus_app;

-- What a payer owes: the worklist of who posts one of its checks. Not narrowed to open ones, because an index that looks at the
-- balance would make every posting write it anew.
create index account_of_payer on account (practice_id, payer_id, charge_id) where kind = 'receivable' and payer_id is not null;
