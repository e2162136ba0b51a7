-- S-20: what the calendar says of a visit, as of which of its versions, and the fee of a cancelled one.
alter table visit
  add column cancelled_at timestamptz,
  add column cancellation_kind text check (cancellation_kind in ('cancelled', 'late-cancelled', 'no-show')),
  add column calendar_version bigint not null default 0,
  add constraint visit_cancelled check ((cancelled_at is null) = (cancellation_kind is null));
alter table billing_encounter
  drop constraint billing_encounter_source_check,
  add constraint billing_encounter_source_check check (source in ('session', 'encounter', 'cancellation'));
alter table line
  drop constraint line_source_check,
  add constraint line_source_check check (source in ('session', 'encounter', 'biller', 'cancellation'));

-- B-20: statements are about a patient, superbills about a visit.
alter table document
  alter column billing_encounter_id drop not null,
  drop constraint document_kind_check,
  add constraint document_kind_check check (kind in ('invoice', 'receipt', 'statement', 'superbill')),
  add constraint document_about check ((kind = 'statement') = (billing_encounter_id is null)),
  add constraint document_written_down check (kind in ('invoice', 'receipt') or content is not null);
alter table patient_replica add column birth_date date;
create index charge_by_service_date on charge (practice_id, service_date, id) where reversed_at is null;
create index document_statement on document (practice_id, patient_id, issued_at) where kind = 'statement';
