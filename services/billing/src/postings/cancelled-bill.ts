import { BillingEncounterCancelled } from '@praxisbus/contracts'
import { defaultBatch } from './batches.ts'
import { type EncounterRow, touchEncounter } from './encounters.ts'
import type { Posting } from './posting.ts'
import { reverseCharges, voidInvoices } from './reversal.ts'

/**
 * What is left of a bill that is cancelled (B-05): its charges are reversed in the batch of `at`, what said otherwise is void, and it is
 * told. Its row and its live charges, which are `chargeIds`, are locked, and nothing stands in the way. Answers the bill's version.
 */
export async function cancelBill(
  posting: Posting,
  {
    id: billingEncounterId,
    appointmentId,
    patientId,
  }: Pick<EncounterRow, 'id' | 'appointmentId' | 'patientId'>,
  chargeIds: string[],
  at: Temporal.Instant,
): Promise<number> {
  const batch = await defaultBatch(posting, at)
  await voidInvoices(posting, billingEncounterId, 'bill-cancelled')
  await reverseCharges(posting, batch, chargeIds, null)
  const version = await touchEncounter(posting, billingEncounterId, 'cancelled')
  const { batchDate } = batch
  posting.record(BillingEncounterCancelled, {
    subject: billingEncounterId,
    version,
    data: { billingEncounterId, appointmentId, patientId, batchDate, reversedChargeIds: chargeIds },
  })
  return version
}
