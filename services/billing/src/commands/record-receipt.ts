import { type CommandContext, refuse, sql } from '@praxisbus/runtime'
import { defaultBatch, lockVisit, postingOf } from '../postings/posting.ts'
import { recordReceipt } from '../postings/receipts.ts'
import { readReceipt } from '../queries/get-receipt.ts'

export interface ReceiptInput {
  readonly patientId: string
  /** The visit it was taken for: it is then applied by itself when the visit's charge posts. */
  readonly appointmentId: string | null
  readonly amountCents: number
  readonly method: string
  readonly reference: string | null
  /** When it goes to the bank; today's batch date where left out. */
  readonly depositDate: string | null
}

/**
 * A patient receipt (B-07). All of it is in escrow until a person applies it, or its visit's charge posts. Refuses a patient
 * that is not known here, so that a mistyped id puts no money in escrow for nobody.
 */
export async function recordPatientReceipt(ctx: CommandContext, input: ReceiptInput) {
  const posting = postingOf(ctx)
  const patient = await ctx.tx.maybe(sql`
    select from patient_replica where practice_id = ${posting.practiceId} and id = ${input.patientId}`)
  if (!patient)
    return refuse('patient_unknown', {
      field: 'patientId',
      detail: 'Billing knows no patient of this id in your practice.',
      next: 'Check the id. A patient who was registered just now is known here within seconds: then send it again with a new key.',
    })
  if (input.appointmentId) await lockVisit(ctx.tx, posting.practiceId, input.appointmentId)
  const batch = await defaultBatch(posting, ctx.now)
  const id = await recordReceipt(posting, batch, {
    ...input,
    source: 'desk',
    depositDate: input.depositDate ?? batch.batchDate,
  })
  ctx.audit('receipt', id, 'record')
  return (await readReceipt(ctx.tx, posting.practiceId, id))!
}
