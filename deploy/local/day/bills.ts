import { until } from './desk.ts'
import type { Questions } from './questions.ts'
import type { PlayedVisit, Scene } from './scene.ts'

/** B-06: the biller reads what arrived from the EHR and signs it, so its charges post and the copay goes onto them. */
export async function postBill(
  { desk, people, say }: Scene,
  questions: Questions,
  played: PlayedVisit,
): Promise<void> {
  const { appointmentId, patientName } = played
  say(`the bill of ${patientName}`)
  const copay = played.plan?.checkIn?.copay?.amountCents ?? 0
  const bill = await until(`the bill of ${patientName} to arrive in billing`, async () => {
    const { billStatus, billingEncounterId, escrowCents, appliedCents } =
      await questions.visitBilling(appointmentId)
    return billStatus !== 'none' && escrowCents + appliedCents >= copay && billingEncounterId
  })
  played.billingEncounterId = bill
  await desk.get(people.biller, 'billing', `/v1/billing-encounters/${bill}`)
  await desk.post(people.biller, 'billing', `/v1/billing-encounters/${bill}/sign`)
}
