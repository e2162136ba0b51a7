import type { AppointmentCancelled, AppointmentRestored, EventContract } from '@praxisbus/contracts'
import { type ReactionContext, sql } from '@praxisbus/runtime'
import { draftFollowsVisit } from '../draft-follows-visit.ts'

type Data<Contract> = Contract extends EventContract<infer D> ? D : never

/** S-20: no encounter is started for it until it is restored. One that exists stays, as the record of what was done. */
export async function onAppointmentCancelled(ctx: ReactionContext, data: Data<typeof AppointmentCancelled>) {
  await place(ctx, data, true)
}

export async function onAppointmentRestored(ctx: ReactionContext, data: Data<typeof AppointmentRestored>) {
  await place(ctx, data, false)
}

/**
 * The two come on topics of their own and may pass each other, and the appointment itself: the newer version holds, and
 * makes the row where it is the first to come. Each tells where the visit is, so the draft of a note goes along.
 */
async function place(
  { tx, practiceId, event }: ReactionContext,
  data: Data<typeof AppointmentRestored> | Data<typeof AppointmentCancelled>,
  cancelled: boolean,
) {
  // A move that is older than this one may still be on its way.
  const newer = sql`(held.version < excluded.version or held.patient_id is null)`
  await tx.run(sql`
    insert into appointment_replica as held (practice_id, id, patient_id, practitioner_id, service_date, cancelled, version,
                                             calendar_version)
    values (${practiceId}, ${data.appointmentId}, ${data.patientId}, ${data.practitionerId}, ${data.serviceDate},
            ${cancelled}, ${event.version}, ${event.version})
    on conflict (practice_id, id) do update
       set cancelled = excluded.cancelled, calendar_version = excluded.calendar_version,
           patient_id = case when ${newer} then excluded.patient_id else held.patient_id end,
           practitioner_id = case when ${newer} then excluded.practitioner_id else held.practitioner_id end,
           service_date = case when ${newer} then excluded.service_date else held.service_date end,
           version = greatest(held.version, excluded.version)
     where held.calendar_version < excluded.calendar_version`)
  await draftFollowsVisit(tx, data.appointmentId)
}
