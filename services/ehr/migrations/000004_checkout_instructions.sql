-- E-03: what the patient and the front desk are told at the end of the visit: { patientInstructions, frontDeskInstructions }, null
-- where there is nothing to say. Beside the content, because an autosave replaces that whole.
alter table encounter add column checkout jsonb;
alter table encounter_unlock add column checkout jsonb;

-- Practices that are here already: their facts come again only when they change. Without the product nobody makes the visits that
-- instructions need. The default stays for processes from before this column, which leave it out during an upgrade.
alter table practice_replica add column has_scheduler boolean not null default true;

-- As before, and the instructions stay with what was signed.
create or replace function keep_signed_content() returns trigger
  language plpgsql as $$
declare
  same boolean := (new.id, new.number, new.template_name, new.plugins, new.signer_roles, new.appointment_id, new.patient_id,
                   new.practitioner_id, new.service_date, new.content, new.checkout)
    is not distinct from
                  (old.id, old.number, old.template_name, old.plugins, old.signer_roles, old.appointment_id, old.patient_id,
                   old.practitioner_id, old.service_date, old.content, old.checkout);
begin
  if exists (select from encounter_signature
              where practice_id = old.practice_id and encounter_id = old.id and content_version = old.content_version)
     and not (same and new.content_version = old.content_version and (new.status <> 'draft' or old.status = 'draft'))
     and not (same and new.content_version = old.content_version + 1 and new.status = 'draft'
              and exists (select from encounter_unlock
                           where practice_id = old.practice_id and encounter_id = old.id
                             and content_version = old.content_version))
  then
    raise exception 'encounter % carries signatures; its content cannot change', old.id using errcode = 'integrity_constraint_violation';
  end if;
  -- Also where a process from before this column released it, during an upgrade.
  if old.released_at is null and new.released_at is not null then
    new.released_version := new.content_version;
  end if;
  if old.released_at is not null
     and (new.released_at is distinct from old.released_at
       or new.released is distinct from old.released
          and not (new.released_version > old.released_version and new.released_version = new.content_version)
       or old.released_version = old.content_version
          and (new.content -> 'diagnoses', new.content -> 'procedures')
              is distinct from (old.content -> 'diagnoses', old.content -> 'procedures'))
  then
    raise exception 'encounter % was released; its coding cannot change', old.id using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
