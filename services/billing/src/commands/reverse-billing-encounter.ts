import { BillingEncounterReversed } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, may, type Refusal, staleWrite } from '@praxisbus/runtime'
import { decideReversal } from '../domain/reversal.ts'
import { followRelease } from '../postings/amendments.ts'
import { batchFor } from '../postings/batches.ts'
import { lockLiveCharges } from '../postings/collections.ts'
import { lockEncounter, touchEncounter } from '../postings/encounters.ts'
import { postingOf } from '../postings/posting.ts'
import { lockReceipts } from '../postings/receipts.ts'
import {
  livePayments,
  liveWriteOffs,
  returnPayments,
  reverseCharges,
  voidInvoices,
} from '../postings/reversal.ts'
import { type BillingEncounter, readBillingEncounter } from '../queries/get-billing-encounter.ts'
import { encounterNotFound } from '../queries/refusals.ts'

export interface ReversalInput {
  readonly id: string
  readonly reason: string
  /** Whether payments on it go back into the escrow of their receipts. */
  readonly returnPayments: boolean
  readonly batchId: string | null
}

/**
 * Takes a posted bill back (B-05, B-13): every charge by a journal that points back, in today's batch or the one that is named, which
 * may be in another period than the charge. Its lines are open again, to be edited and signed anew; its invoice is void.
 */
export async function reverseBillingEncounter(
  ctx: CommandContext,
  { id, reason, returnPayments: asked, batchId }: ReversalInput,
): Promise<
  | BillingEncounter
  | Exclude<ReturnType<typeof decideReversal>, undefined>
  | Refusal<'not_found' | 'stale' | 'unknown_batch' | 'period_closed'>
> {
  const posting = postingOf(ctx)
  const { tx, practiceId } = posting
  const encounter = await lockEncounter(posting, id)
  if (!encounter) return encounterNotFound()
  const stale = staleWrite(ctx, encounter.version)
  if (stale) return stale
  const charges = await lockLiveCharges(posting, id)
  const payments = await livePayments(posting, id)
  const writeOffs = await liveWriteOffs(posting, id)
  const permitted = may(ctx.principal, 'payment.return')
  const receiptIds = asked ? payments.map((payment) => payment.receiptId) : []
  const receipts = receiptIds.length > 0 ? await lockReceipts(posting, { receiptIds }) : []
  const refused = decideReversal(
    { status: encounter.status, charges, payments, writeOffs, receipts },
    { asked, permitted },
  )
  if (refused) return refused
  const batch = await batchFor(posting, batchId)
  if (isRefusal(batch)) return batch
  await voidInvoices(posting, id, 'bill-reversed')
  await returnPayments(posting, batch, id, payments)
  const chargeIds = charges.map((charge) => charge.chargeId)
  await reverseCharges(posting, batch, chargeIds, reason)
  await followRelease(posting, id)
  const version = await touchEncounter(posting, id, 'unsigned')
  ctx.record(BillingEncounterReversed, {
    subject: id,
    version,
    data: {
      billingEncounterId: id,
      appointmentId: encounter.appointmentId,
      patientId: encounter.patientId,
      reason,
      batchDate: batch.batchDate,
      reversedChargeIds: chargeIds,
      returnedPayments: payments.map((payment) => ({ ...payment })),
    },
  })
  ctx.audit('billing-encounter', id, 'reverse')
  for (const { receiptId } of payments) ctx.audit('receipt', receiptId, 'remove payment')
  return (await readBillingEncounter(tx, practiceId, id))!
}
