-- E-11: a note that carries signatures is taken back to a draft. What was signed stays, as the version it was: written once.
create table encounter_unlock (
  practice_id uuid not null,
  encounter_id uuid not null,
  content_version int not null,
  status text not null check (status in ('review', 'signed')),
  content jsonb not null,
  reason text not null,
  unlocked_by text not null,
  unlocked_by_name text not null,
  unlocked_at timestamptz not null,
  primary key (practice_id, encounter_id, content_version),
  foreign key (practice_id, encounter_id) references encounter (practice_id, id)
);
select practice_table('encounter_unlock', 'select, insert');

-- Which version of the note billing has; says nothing while released_at is null. Until now every note had one version. By a
-- default, because row-level security shows an update here no rows.
alter table encounter add column released_version int default 1;
alter table encounter alter column released_version drop default;
alter table encounter add check (released_at is null or released_version <= content_version);

-- E-05, E-11 and E-12 below every interface: what was signed stays until it is unlocked, which leaves a record and begins the
-- next version with the same content; and coding that billing has stays until then too.
create or replace function keep_signed_content() returns trigger
  language plpgsql as $$
declare
  same boolean := (new.id, new.number, new.template_name, new.plugins, new.signer_roles, new.appointment_id, new.patient_id,
                   new.practitioner_id, new.service_date, new.content)
    is not distinct from
                  (old.id, old.number, old.template_name, old.plugins, old.signer_roles, old.appointment_id, old.patient_id,
                   old.practitioner_id, old.service_date, old.content);
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
