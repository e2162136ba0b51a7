import { until } from './desk.ts'
import type { Questions } from './questions.ts'
import type { PlayedVisit, Scene } from './scene.ts'

/** S-20: nobody came. The desk writes it down with the fee, and billing makes that a charge by itself. */
export async function noteMissed(
  { desk, people, say }: Scene,
  { plan, patientName, appointmentId }: PlayedVisit,
): Promise<void> {
  say(`${patientName} did not come`)
  await desk.post(people.frontDesk, 'scheduler', `/v1/appointments/${appointmentId}/cancel`, {
    kind: 'no-show',
    feeCents: plan!.noShow!.feeCents,
  })
}

export async function feeCharged({ say }: Scene, questions: Questions, played: PlayedVisit): Promise<void> {
  const { appointmentId, patientName, plan } = played
  say(`the fee of ${patientName}`)
  played.billingEncounterId = await until(`the fee of ${patientName} to be charged`, async () => {
    const { chargedCents, billingEncounterId } = await questions.visitBilling(appointmentId)
    return chargedCents >= plan!.noShow!.feeCents && billingEncounterId
  })
}

/** B-20: the biller writes to the patient what they owe by now, all fees among it. */
export async function sendStatement({ desk, people, ids, say }: Scene, played: PlayedVisit): Promise<void> {
  say(`a statement for ${played.patientName}`)
  const path = `/v1/patients/${ids.patients.get(played.visit.patient)}/statements`
  played.statementId = (await desk.post(people.biller, 'billing', path)).body.documentId
}
