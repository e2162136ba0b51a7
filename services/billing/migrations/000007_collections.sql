-- Charges that are taken back with a reason, charges that an agency collects, and releases of the EHR that amend a bill.

-- Reversed encounters (B-13): who took a charge back and why. null reason: its bill was cancelled.
alter table charge
  add column reversed_by text,
  add column reversal_reason text;
grant update (reversed_by, reversal_reason) on charge to praxisbus_app;

-- Collections (B-13) -------------------------------------------------------------------------------------------------
create table collection_agency (
  practice_id uuid not null,
  id uuid not null,
  name text not null,
  -- Of what it collects; 10,000 would leave nothing.
  fee_basis_points int not null check (fee_basis_points between 0 and 9999),
  active boolean not null default true,
  version bigint not null default 1,
  primary key (practice_id, id)
);
create unique index collection_agency_name on collection_agency (practice_id, lower(name)) where active;
select practice_table('collection_agency', 'select, insert, update');

-- A charge that was sent out. The fee is kept as it was then: a later change of the agency's concerns later charges.
create table collection_placement (
  practice_id uuid not null,
  id uuid not null,
  charge_id uuid not null,
  agency_id uuid not null,
  fee_basis_points int not null,
  amount_cents bigint not null check (amount_cents > 0),
  reason text,
  batch_id uuid not null,
  journal_id uuid not null,
  placed_by text not null,
  placed_at timestamptz not null,
  recalled_at timestamptz,                    -- null: it is there
  recalled_by text,
  recall_reason text,
  recall_journal_id uuid,                     -- null: nothing of it was left
  primary key (practice_id, id),
  check ((recalled_at is null) = (recalled_by is null) and (recalled_at is null) = (recall_reason is null)),
  foreign key (practice_id, charge_id) references charge,
  foreign key (practice_id, agency_id) references collection_agency,
  foreign key (practice_id, batch_id) references reference_batch,
  foreign key (practice_id, journal_id) references journal,
  foreign key (practice_id, recall_journal_id) references journal
);
-- With one agency at a time, whatever races.
create unique index collection_placement_open on collection_placement (practice_id, charge_id) where recalled_at is null;
create index collection_placement_of on collection_placement (practice_id, charge_id);
create index collection_placement_at on collection_placement (practice_id, agency_id, id);
select practice_table('collection_placement', 'select, insert');
grant update (recalled_at, recalled_by, recall_reason, recall_journal_id) on collection_placement to praxisbus_app;

alter table receipt
  add column agency_id uuid,
  drop constraint receipt_payer_kind_check,
  add constraint receipt_payer_kind_check check (payer_kind in ('patient', 'insurer', 'agency')),
  drop constraint receipt_check,
  add constraint receipt_check check (case payer_kind
    when 'patient' then patient_id is not null and agency_id is null
    when 'insurer' then payer_id is not null and agency_id is null
    else agency_id is not null and patient_id is null and payer_id is null end),
  add constraint receipt_agency_fkey foreign key (practice_id, agency_id) references collection_agency;
create index receipt_of_agency on receipt (practice_id, agency_id) where agency_id is not null;
grant update (agency_id) on receipt to praxisbus_app;

-- What the agency kept of what it collected: amount_cents is what came to us.
alter table payment_application add column fee_cents bigint not null default 0 check (fee_cents >= 0);

-- Releases of the EHR -------------------------------------------------------------------------------------------------
-- Each one that came for a bill. The first makes or meets its lines; a later one of the same encounter amends them; one of
-- another encounter, or of another patient, is put aside. What it could not change by itself waits for a biller.
create table encounter_release (
  practice_id uuid not null,
  id uuid not null,
  billing_encounter_id uuid not null,
  encounter_id uuid not null,
  encounter_number int not null,
  encounter_version bigint not null,
  kind text not null check (kind in ('first', 'amended', 'other-encounter', 'other-patient')),
  service_date date not null,
  diagnoses jsonb not null,
  procedures jsonb not null,
  differences jsonb not null default '[]',    -- [{ what, lineId, code, billed, released }]
  released_at timestamptz not null,
  received_at timestamptz not null,
  settled_at timestamptz,                     -- null: it waits, where there are differences
  settled_by text,
  settle_note text,
  primary key (practice_id, id),
  check ((settled_at is null) = (settled_by is null) and (settled_at is null) = (settle_note is null)),
  foreign key (practice_id, billing_encounter_id) references billing_encounter
);
create index encounter_release_of on encounter_release (practice_id, billing_encounter_id, id);
create index encounter_release_waits on encounter_release (practice_id, billing_encounter_id)
  where settled_at is null and differences <> '[]';
select practice_table('encounter_release', 'select, insert');
grant update (differences, settled_at, settled_by, settle_note) on encounter_release to praxisbus_app;
