import { type Desk, until } from './desk.ts'
import type { PlayedVisit, Scene } from './scene.ts'

/** B-01: the front desk reads the patient's card, so that the bill is owed by the insurer once it is signed. */
export async function saveCoverage(
  { desk, people, practice, ids, say }: Scene,
  { plan, visit, patientName }: PlayedVisit,
): Promise<void> {
  say(`the coverage of ${patientName}`)
  const { scan } = practice.about
  const wanted = {
    payerId: ids.payers.get(scan.payer)!,
    planId: ids.plans.get(`${scan.payer}/${scan.plan}`)!,
    memberId: plan!.insurance!.memberId,
  }
  const path = `/v1/patients/${ids.patients.get(visit.patient)}/coverages`
  const present = await until(`${patientName} to be known to billing`, () =>
    coverageOf(desk, people.frontDesk, path),
  )
  const same = ({ payerId, planId, memberId }: typeof wanted) =>
    payerId === wanted.payerId && planId === wanted.planId && memberId === wanted.memberId
  if (present.coverages.length === 1 && present.coverages.every(same)) return
  await desk.put(people.frontDesk, 'billing', path, { coverages: [wanted] }, present.version)
}

async function coverageOf(desk: Desk, who: string, path: string) {
  return (await desk.find(who, 'billing', path))?.body
}
