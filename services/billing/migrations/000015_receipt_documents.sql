-- B-03: a receipt document may be about money that no bill has yet, such as a copay.
alter table document
  drop constraint document_about,
  add constraint document_about check (
    case kind when 'statement' then billing_encounter_id is null
              when 'receipt' then receipt_id is not null
              else billing_encounter_id is not null end);
-- One counts for each receipt, and a receipt that is corrected or deleted finds it.
create unique index document_of_receipt on document (practice_id, receipt_id) where receipt_id is not null and status <> 'void';
