import { AppointmentDeleted } from '@praxisbus/contracts'
import { reaction, sql } from '@praxisbus/runtime'
import { lockVisit } from '../postings/posting.ts'

/**
 * Money is never touched by a deletion (S-16): the scheduler asked before it deleted, so a bill or escrow that is here all
 * the same came in between. The visit is flagged; a person decides. It may come before billing heard of the visit at all.
 */
export const onAppointmentDeleted = reaction(
  AppointmentDeleted,
  async ({ tx, practiceId }, { appointmentId, deletedAt }) => {
    await lockVisit(tx, practiceId, appointmentId)
    await tx.run(sql`
      update visit set deleted_at = ${deletedAt} where practice_id = ${practiceId} and appointment_id = ${appointmentId}`)
  },
)
