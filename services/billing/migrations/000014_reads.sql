-- What each look at a bill reads: its own rows, however many others the practice has.

-- Joined, it was summed over all charges of the practice first: PostgreSQL takes no join into a "group by". Whoever wants to know
-- what is owed of a charge adds up the few accounts of that charge.
drop view charge_owed;

create index billing_encounter_of_patient on billing_encounter (practice_id, patient_id, id);
