import { type Refusal, sql, type Tx } from '@praxisbus/runtime'
import { type EncounterRow, encounterNotFound } from '../domain/encounter.ts'

/** Edits, signatures, unlockings and releases of one encounter happen one after another. */
export async function lockEncounter(
  tx: Tx,
  encounterId: string,
): Promise<EncounterRow | Refusal<'encounter_not_found'>> {
  const encounter = await tx.maybe<EncounterRow>(sql`
    select id, number, template_id, template_name, plugins, signer_roles, appointment_id, patient_id, practitioner_id,
           service_date, status, content, checkout, content_version, started_at, saved_at, released_at, released_version, version
      from encounter where id = ${encounterId} for update`)
  return encounter ?? encounterNotFound()
}
