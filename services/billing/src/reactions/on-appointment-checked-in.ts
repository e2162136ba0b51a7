import { AppointmentCheckedIn } from '@praxisbus/contracts'
import { reaction } from '@praxisbus/runtime'
import { defaultBatch } from '../postings/batches.ts'
import { applyVisitEscrow } from '../postings/payments.ts'
import { lockVisit, postingOfReaction } from '../postings/posting.ts'
import { recordReceipt } from '../postings/receipts.ts'

/** A copay taken at the desk is a receipt (B-10): in escrow until the visit's charge posts, applied at once if it has. */
export const onAppointmentCheckedIn = reaction(AppointmentCheckedIn, async (ctx, checkedIn) => {
  const { copay, appointmentId, patientId } = checkedIn
  if (!copay || copay.amountCents === 0) return
  const posting = postingOfReaction(ctx)
  await lockVisit(ctx.tx, ctx.practiceId, appointmentId)
  const batch = await defaultBatch(posting, Temporal.Instant.from(checkedIn.checkedInAt))
  const { amountCents, method, reference } = copay
  const receiptId = await recordReceipt(posting, batch, {
    payer: { patientId },
    appointmentId,
    source: 'check-in',
    method,
    reference,
    amountCents,
    depositDate: batch.day,
  })
  await applyVisitEscrow(posting, batch, appointmentId, receiptId)
})
