-- The EHR: templates, encounters, signatures, encounter documents, code sets, and copies of what others own.

-- Copies of other services' records. `version` is the owner's: facts may come twice, late, or in another topic's order.
create table practice_replica (
  practice_id uuid primary key,
  name text not null,
  time_zone text not null,
  has_ehr boolean not null,
  has_billing boolean not null,
  version bigint not null
);
select practice_table('practice_replica', 'select, insert, update');

create table practitioner_replica (
  practice_id uuid not null,
  id uuid not null,
  user_id text,
  name text not null,
  credentials text,
  active boolean not null,
  version bigint not null,
  primary key (practice_id, id)
);
create index practitioner_replica_user on practitioner_replica (practice_id, user_id);
select practice_table('practitioner_replica', 'select, insert, update');

create table patient_replica (
  practice_id uuid not null,
  id uuid not null,
  name text not null,
  birth_date date,
  version bigint not null,
  primary key (practice_id, id)
);
select practice_table('patient_replica', 'select, insert, update');

-- A deletion may overtake the appointment itself (other topic): then only the id and `deleted` are known.
create table appointment_replica (
  practice_id uuid not null,
  id uuid not null,
  patient_id uuid,
  practitioner_id uuid,
  service_date date,
  deleted boolean not null default false,
  version bigint not null,
  primary key (practice_id, id),
  check (deleted or (patient_id is not null and practitioner_id is not null and service_date is not null))
);
select practice_table('appointment_replica', 'select, insert, update');

create table rendering_provider_replica (
  practice_id uuid not null,
  id uuid not null,
  practitioner_id uuid,
  active boolean not null,
  version bigint not null,
  primary key (practice_id, id)
);
create index rendering_provider_replica_practitioner on rendering_provider_replica (practice_id, practitioner_id);
select practice_table('rendering_provider_replica', 'select, insert, update');

-- Code sets (E-14). ICD-10-CM codes carry their point. No index on `words`: `@@` is not leakproof, so row-level security
-- keeps PostgreSQL from using one. The key bounds a search to one system of one practice: 35 ms for all 98,000 codes of
-- ICD-10-CM.
create table code (
  practice_id uuid not null,
  system text not null check (system in ('icd-10-cm', 'hcpcs', 'cpt')),
  code text collate "C" not null,
  description text not null,
  billable boolean not null,
  words tsvector not null generated always as (to_tsvector('english', description)) stored,
  primary key (practice_id, system, code)
);
select practice_table('code', 'select, insert, update');

create table template (
  practice_id uuid not null,
  id uuid not null,
  name text not null,
  plugins text[] not null check (cardinality(plugins) > 0),
  signer_roles text[] not null check (cardinality(signer_roles) > 0),
  created_at timestamptz not null,
  version bigint not null default 1,
  primary key (practice_id, id)
);
create unique index template_name on template (practice_id, lower(name));
select practice_table('template', 'select, insert');

create table encounter_counter (
  practice_id uuid primary key,
  last_number bigint not null
);
select practice_table('encounter_counter', 'select, insert, update');

-- What the template demanded is copied: a later template cannot change what an encounter needs. Room on each page lets an
-- autosave stay on its page without touching an index (a heap-only update).
create table encounter (
  practice_id uuid not null,
  id uuid not null,
  number bigint not null,
  template_id uuid not null,
  template_name text not null,
  plugins text[] not null,
  signer_roles text[] not null,
  appointment_id uuid,
  patient_id uuid not null,
  practitioner_id uuid not null,
  service_date date not null,
  status text not null default 'draft' check (status in ('draft', 'review', 'signed')),
  content jsonb not null,
  content_version int not null default 1,
  started_at timestamptz not null,
  saved_at timestamptz not null,
  released_at timestamptz,
  released_by text,
  released jsonb,
  version bigint not null default 1,
  primary key (practice_id, id),
  unique (practice_id, number),
  unique (practice_id, appointment_id),
  foreign key (practice_id, template_id) references template (practice_id, id),
  check ((released_at is null) = (released is null))
) with (fillfactor = 70);
create index encounter_patient on encounter (practice_id, patient_id, number desc);
create index encounter_unsigned on encounter (practice_id, number desc) where status <> 'signed';
select practice_table('encounter', 'select, insert, update');

-- Documents and signatures are written once: the application may neither change nor delete them.
create table encounter_document (
  practice_id uuid not null,
  id uuid not null,
  encounter_id uuid not null,
  bytes bytea not null,
  made_at timestamptz not null,
  primary key (practice_id, id),
  foreign key (practice_id, encounter_id) references encounter (practice_id, id)
);
-- A PDF is compressed already.
alter table encounter_document alter column bytes set storage external;
select practice_table('encounter_document', 'select, insert');

create table encounter_signature (
  practice_id uuid not null,
  encounter_id uuid not null,
  content_version int not null,
  role text not null,
  position int not null,
  user_id text not null,
  signer_name text not null,
  signed_at timestamptz not null,
  document_id uuid not null,
  document_sha256 text not null check (document_sha256 ~ '^[0-9a-f]{64}$'),
  primary key (practice_id, encounter_id, content_version, role),
  unique (practice_id, encounter_id, content_version, position),
  foreign key (practice_id, encounter_id) references encounter (practice_id, id),
  foreign key (practice_id, document_id) references encounter_document (practice_id, id)
);
select practice_table('encounter_signature', 'select, insert');

-- E-05 and E-12 below every interface: what was signed stays, and so does the coding that billing has.
create function keep_signed_content() returns trigger
  language plpgsql as $$
begin
  if (new.id, new.number, new.template_name, new.plugins, new.signer_roles, new.appointment_id, new.patient_id,
      new.practitioner_id, new.service_date, new.content, new.content_version)
     is distinct from
     (old.id, old.number, old.template_name, old.plugins, old.signer_roles, old.appointment_id, old.patient_id,
      old.practitioner_id, old.service_date, old.content, old.content_version)
     and exists (select from encounter_signature
                  where practice_id = old.practice_id and encounter_id = old.id and content_version = old.content_version)
  then
    raise exception 'encounter % carries signatures; its content cannot change', old.id using errcode = 'integrity_constraint_violation';
  end if;
  if old.released_at is not null
     and (new.released, new.released_at, new.content -> 'diagnoses', new.content -> 'procedures')
         is distinct from (old.released, old.released_at, old.content -> 'diagnoses', old.content -> 'procedures')
  then
    raise exception 'encounter % was released; its coding cannot change', old.id using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger keep_signed_content before update on encounter for each row execute function keep_signed_content();

create table user_preference (
  practice_id uuid not null,
  user_id text not null,
  confirm_before_signing boolean not null,
  primary key (practice_id, user_id)
);
select practice_table('user_preference', 'select, insert, update');
