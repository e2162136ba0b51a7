-- B-19: from a charge back to the version of the note that its coding is of. null: the fact did not say.
alter table encounter_release add column note_version int;
