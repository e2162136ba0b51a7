import type { AppointmentDeleted, EventContract } from '@praxisbus/contracts'
import { type ReactionContext, sql } from '@praxisbus/runtime'

type Data = typeof AppointmentDeleted extends EventContract<infer D> ? D : never

/**
 * For good: no encounter is started for it any more. One that exists stays, as the record of what was done. The copy's version is that
 * of where the visit is, which a deletion does not say: a move that comes after it still moves the draft.
 */
export async function onAppointmentDeleted({ tx, practiceId }: ReactionContext, data: Data) {
  await tx.run(sql`
    insert into appointment_replica (practice_id, id, deleted, version) values (${practiceId}, ${data.appointmentId}, true, 0)
    on conflict (practice_id, id) do update set deleted = true`)
}
