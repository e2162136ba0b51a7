-- What each look at a bill reads: its own rows, however many others the practice has.

-- The view charge_owed is asked by nobody any more: joined, it was summed over all charges of the practice first, since PostgreSQL takes no
-- join into a "group by". It stays until the next release, for replicas of the one before that still run while this is applied.

create index billing_encounter_of_patient on billing_encounter (practice_id, patient_id, id);
create index billing_encounter_by_number on billing_encounter (practice_id, encounter_number) where encounter_number is not null;

-- Lists go by id: a page of one status is the next entries of the index, not all of that status.
drop index billing_encounter_status;
create index billing_encounter_of_status on billing_encounter (practice_id, status, id);

-- Whether a line is in the ledger: that no charge of it stands is in no index, and what waits for a biller is a few lines among those of
-- years. The charges themselves keep it, whoever writes them. (Beside the lines and not on the bill: there it would hang on
-- charges, lines, releases and the bill's own status, and each posting would write the bill once more.)
alter table line add column charged boolean not null default false;
update line set charged = true
 where exists (select from charge where charge.practice_id = line.practice_id and charge.line_id = line.id and charge.reversed_at is null);
create index line_open on line (practice_id, billing_encounter_id) where removed_at is null and not charged;

create function lines_are_charged() returns trigger language plpgsql as $$
begin
  update line set charged = true from posted
   where line.practice_id = posted.practice_id and line.id = posted.line_id and posted.reversed_at is null;
  return null;
end $$;
create trigger lines_are_charged after insert on charge referencing new table as posted
  for each statement execute function lines_are_charged();

-- A line may have been charged anew since the charge that changes.
create function line_is_charged() returns trigger language plpgsql as $$
begin
  update line set charged = exists (select from charge where charge.practice_id = new.practice_id and charge.line_id = new.line_id
                                       and charge.reversed_at is null)
   where line.practice_id = new.practice_id and line.id = new.line_id;
  return null;
end $$;
create trigger line_is_charged after update of reversed_at on charge for each row
  when (old.reversed_at is distinct from new.reversed_at) execute function line_is_charged();
