import type { EventContract, PatientChanged } from '@praxisbus/contracts'
import { type ReactionContext, sql } from '@praxisbus/runtime'

type Data = typeof PatientChanged extends EventContract<infer D> ? D : never

/** Keeps no more of the patient than an encounter's document shows. */
export async function onPatientChanged({ tx, practiceId, event }: ReactionContext, data: Data) {
  await tx.run(sql`
    insert into patient_replica (practice_id, id, name, birth_date, version)
    values (${practiceId}, ${data.patientId}, ${data.name}, ${data.birthDate}, ${event.version})
    on conflict (practice_id, id) do update
       set name = excluded.name, birth_date = excluded.birth_date, version = excluded.version
     where patient_replica.version < excluded.version`)
}
