import type { AppointmentScheduled, EventContract } from '@praxisbus/contracts'
import { type ReactionContext, sql } from '@praxisbus/runtime'
import { draftFollowsVisit } from '../draft-follows-visit.ts'

type Data = typeof AppointmentScheduled extends EventContract<infer D> ? D : never

/**
 * The visit as it was made, moved or changed: each fact carries it whole, so the newest holds, whichever comes first. A
 * deleted appointment stays deleted. The draft of a note goes along.
 */
export async function onAppointmentPlaced({ tx, practiceId, event }: ReactionContext, data: Data) {
  // The wall-clock start carries the date at the place of the visit; the instant may be on another day in UTC.
  const serviceDate = data.start.slice(0, 10)
  await tx.run(sql`
    insert into appointment_replica (practice_id, id, patient_id, practitioner_id, service_date, version)
    values (${practiceId}, ${data.appointmentId}, ${data.patientId}, ${data.practitionerId}, ${serviceDate}, ${event.version})
    on conflict (practice_id, id) do update
       set patient_id = excluded.patient_id, practitioner_id = excluded.practitioner_id,
           service_date = excluded.service_date,
           version = greatest(appointment_replica.version, excluded.version)
     where appointment_replica.version < excluded.version or appointment_replica.patient_id is null`)
  await draftFollowsVisit(tx, data.appointmentId)
}
