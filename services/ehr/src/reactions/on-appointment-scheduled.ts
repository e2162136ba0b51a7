import type { AppointmentScheduled, EventContract } from '@praxisbus/contracts'
import { type ReactionContext, sql } from '@praxisbus/runtime'

type Data = typeof AppointmentScheduled extends EventContract<infer D> ? D : never

/** A deleted appointment stays deleted, whichever of the two facts comes first; the row ends the same. */
export async function onAppointmentScheduled({ tx, practiceId, event }: ReactionContext, data: Data) {
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
}
