import type { Scene } from './scene.ts'

/** Paid by the head and not for a visit, so it leaves escrow as capitation. In cents. */
export const CAPITATION_CENTS = 50_000

export interface PlayedClosing {
  readonly receiptId: string
  readonly periodId: string
}

/**
 * B-09, B-11, B-19: what an insurer paid yesterday is put into a batch of that day; then the owner closes the books through it, and
 * from then on nothing is posted there without a trace: the seal is over every entry.
 */
export async function closeBooks(
  { desk, people, practice, ids, say }: Scene,
  date: Temporal.PlainDate,
): Promise<PlayedClosing> {
  say('closing the books')
  const day = date.toString()
  const { scan } = practice.about
  const { body: batch } = await desk.post(people.biller, 'billing', '/v1/reference-batches', {
    name: 'Capitation',
    batchDate: day,
  })
  const { body: receipt } = await desk.post(people.biller, 'billing', '/v1/receipts', {
    payerId: ids.payers.get(scan.payer),
    planId: ids.plans.get(`${scan.payer}/${scan.plan}`),
    amountCents: CAPITATION_CENTS,
    method: 'eft',
    reference: 'EFT 20178',
    depositDate: day,
    batchId: batch.batchId,
  })
  await desk.post(people.biller, 'billing', `/v1/receipts/${receipt.receiptId}/disbursements`, {
    code: 'CP',
    amountCents: CAPITATION_CENTS,
    batchId: batch.batchId,
  })
  const { body: period } = await desk.post(people.owner, 'billing', '/v1/reporting-periods', { endsOn: day })
  return { receiptId: receipt.receiptId, periodId: period.periodId }
}
