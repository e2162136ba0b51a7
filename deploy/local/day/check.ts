import type { PlayedVisit, Scene } from './scene.ts'

/** What comes on the check of the scan's insurer besides the bills it pays: of other systems, by mistake, and what waits. In cents. */
export const CHECK = { elsewhereCents: 12_000, refundedCents: 3_000, waitingCents: 35_000 } as const

export interface PlayedCheck {
  readonly receiptId: string
}

/**
 * B-07, B-11, B-13, B-15: an insurer's check comes in. A part pays bills of the day; a part pays charges of the system that the
 * practice had before, so it is disbursed there; a part was paid twice and goes back; the rest waits in escrow.
 */
export async function takeCheck(scene: Scene, visits: readonly PlayedVisit[]): Promise<PlayedCheck> {
  const { desk, people, practice, ids, say } = scene
  say('a check of an insurer')
  const insured = visits.filter(({ plan }) => plan?.insurance)
  const paidCents = insured.reduce((sum, { plan }) => sum + plan!.insurance!.paidCents, 0)
  const { scan } = practice.about
  const money = { method: 'eft', reference: 'EFT 20177' }
  const { body: receipt } = await desk.post(people.biller, 'billing', '/v1/receipts', {
    ...money,
    payerId: ids.payers.get(scan.payer),
    planId: ids.plans.get(`${scan.payer}/${scan.plan}`),
    amountCents: paidCents + CHECK.elsewhereCents + CHECK.refundedCents + CHECK.waitingCents,
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
  for (const visit of insured) await postLine(scene, path, visit)
  return { receiptId: receipt.receiptId }
}

/** B-15: the contract takes off what is not allowed, the insurer pays its part, and the patient's part they have paid as a copay. */
async function postLine(
  { desk, people, say }: Scene,
  receiptPath: string,
  { plan, patientName, billingEncounterId }: PlayedVisit,
): Promise<void> {
  say(`the insurer's answer on the bill of ${patientName}`)
  const { allowedCents, paidCents } = plan!.insurance!
  const { body: bill } = await desk.get(
    people.biller,
    'billing',
    `/v1/billing-encounters/${billingEncounterId}`,
  )
  const [line] = bill.lines
  if (line.insurance.length > 0) return // by an earlier run of this day
  const adjustments = [
    { group: 'CO', reason: '45', amountCents: line.chargedCents - allowedCents },
    { group: 'PR', reason: '3', amountCents: allowedCents - paidCents },
  ].filter(({ amountCents }) => amountCents > 0)
  await desk.post(people.biller, 'billing', `${receiptPath}/insurance-payments`, {
    lines: [{ chargeId: line.chargeId, paidCents, allowedCents, adjustments }],
  })
}
