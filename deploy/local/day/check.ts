import type { Scene } from './visits.ts'

/** What the insurer of the day's scan pays, and what of it does not belong to this practice's books. In cents. */
export const CHECK = { receivedCents: 50_000, elsewhereCents: 12_000, refundedCents: 3_000 } as const

export interface PlayedCheck {
  readonly receiptId: string
}

/**
 * B-07, B-11, B-13: an insurer's check comes in. A part of it pays charges of the system that the practice had before, so it is
 * disbursed there; a part was paid twice and goes back; the rest waits in escrow.
 */
export async function takeCheck({ desk, people, practice, ids, say }: Scene): Promise<PlayedCheck> {
  say('a check of an insurer')
  const { scan } = practice.about
  const money = { method: 'eft', reference: 'EFT 20177' }
  const { body: receipt } = await desk.post(people.biller, 'billing', '/v1/receipts', {
    ...money,
    payerId: ids.payers.get(scan.payer),
    planId: ids.plans.get(`${scan.payer}/${scan.plan}`),
    amountCents: CHECK.receivedCents,
  })
  const path = `/v1/receipts/${receipt.receiptId}`
  await desk.post(people.biller, 'billing', `${path}/disbursements`, {
    code: 'O',
    system: 'the system before',
    amountCents: CHECK.elsewhereCents,
  })
  await desk.post(people.biller, 'billing', `${path}/refunds`, {
    ...money,
    amountCents: CHECK.refundedCents,
    reason: 'paid twice',
  })
  return { receiptId: receipt.receiptId }
}
