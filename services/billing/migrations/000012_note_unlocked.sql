-- E-11: a note that was unlocked and is not yet signed again: what its bill stands on is being changed. The newest of the
-- encounter's facts holds; unlocked_at null: all have signed since.
create table note_state (
  practice_id uuid not null,
  encounter_id uuid not null,
  appointment_id uuid,          -- null: a free-standing note
  unlocked_at timestamptz,
  version bigint not null,
  primary key (practice_id, encounter_id)
);
create index note_state_of_visit on note_state (practice_id, appointment_id);
select practice_table('note_state', 'select, insert, update');
