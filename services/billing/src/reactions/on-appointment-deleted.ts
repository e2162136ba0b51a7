import { AppointmentDeleted } from '@praxisbus/contracts'
import { reaction, sql } from '@praxisbus/runtime'
import { cancelUnsigned } from '../postings/deleted-visits.ts'
import { lockBillOfVisit } from '../postings/encounters.ts'
import { lockVisit, postingOfReaction } from '../postings/posting.ts'

/**
 * Money is never touched by a deletion (S-16): the scheduler asked before it deleted, so charges or escrow that are here all
 * the same came in between. The visit is flagged; a person decides. A bill that nobody has signed is cancelled. It may come
 * before billing heard of the visit at all.
 */
export const onAppointmentDeleted = reaction(
  AppointmentDeleted,
  async (ctx, { appointmentId, deletedAt }) => {
    const posting = postingOfReaction(ctx)
    const { tx, practiceId } = posting
    await lockVisit(tx, practiceId, appointmentId)
    await tx.run(sql`
      update visit set deleted_at = ${deletedAt} where practice_id = ${practiceId} and appointment_id = ${appointmentId}`)
    const bill = await lockBillOfVisit(posting, appointmentId)
    if (bill) await cancelUnsigned(posting, bill, deletedAt)
  },
)
