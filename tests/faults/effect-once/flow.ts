import { type Clinic, ok, type Person, type Practice } from '../../system/clinic.ts'
import { schedule, writeNote } from '../../system/visit-steps.ts'

/** How a visit ends: with its note alone, with money taken at the desk, both, or not at all; or it did not take place, for good or not. */
const ENDS = ['released', 'completed', 'both', 'deleted', 'missed', 'restored'] as const

/**
 * Some days of a practice, so that every topic which a service reads has facts on it: visits of every kind, and records
 * that change several times.
 */
export async function playFlow(clinic: Clinic, practice: Practice, visits: number): Promise<void> {
  const owner = await clinic.person('owner', 'owner')
  const desk = await clinic.person('front-desk', 'desk')
  const clinician = await clinic.person('clinician', 'dana', ['Therapist'])
  for (let visit = 0; visit < visits; visit++)
    await playVisit({ desk, clinician }, practice, ENDS[visit % ENDS.length]!, visit)
  await changeRecords(owner, practice)
}

async function playVisit(
  { desk, clinician }: { desk: Person; clinician: Person },
  practice: Practice,
  end: (typeof ENDS)[number],
  number: number,
): Promise<void> {
  const patient = await ok(desk.scheduler.post('/v1/patients', { name: `Visitor ${number}` }))
  const { appointmentId } = await schedule(
    desk,
    practice,
    { patientId: patient.patientId },
    { daysAgo: 1 + number },
  )
  await ok(
    desk.scheduler.put(
      `/v1/patients/${patient.patientId}`,
      { name: `Visitor ${number}, changed` },
      { ifMatch: 1 },
    ),
  )
  const path = `/v1/appointments/${appointmentId}`
  await ok(desk.scheduler.patch(path, { additionalInstructions: `Ring ${number + 1} times.` }))
  const { start } = await ok(desk.scheduler.get(path))
  await ok(desk.scheduler.patch(path, { start: start.replace(/\d\d$/, '05') }))
  if (end === 'deleted') {
    await ok(desk.scheduler.delete(`/v1/appointments/${appointmentId}`))
    return
  }
  if (end === 'missed' || end === 'restored') return cancel(desk, appointmentId, end)
  const copay = { amountCents: 2_500 + number, method: 'cash', reference: `T-${number}` }
  await ok(desk.scheduler.post(`/v1/appointments/${appointmentId}/check-in`, { copay }))
  if (end !== 'completed') {
    const encounterId = await release(clinician, practice, appointmentId)
    if (end === 'released') await amend(clinician, encounterId)
  }
  if (end !== 'released') await complete(desk, practice, appointmentId)
}

async function cancel(desk: Person, appointmentId: string, end: 'missed' | 'restored'): Promise<void> {
  const path = `/v1/appointments/${appointmentId}`
  const why =
    end === 'missed' ? { kind: 'no-show', feeCents: 4_000 } : { kind: 'cancelled', reason: 'a slip' }
  await ok(desk.scheduler.post(`${path}/cancel`, why))
  if (end === 'restored') await ok(desk.scheduler.post(`${path}/restore`, {}))
}

async function release(clinician: Person, practice: Practice, appointmentId: string): Promise<string> {
  const { encounterId } = await writeNote(clinician, practice, appointmentId)
  await ok(clinician.ehr.post(`/v1/encounters/${encounterId}/release`, {}))
  return encounterId
}

/**
 * The note is unlocked, and signed again with something for the front desk; then it is unlocked for good (E-11). Its coding stays:
 * a second release that overtakes the first on another partition, which Kafka does to no key, would leave no trace of the first.
 */
async function amend({ ehr }: Person, encounterId: string): Promise<void> {
  const path = `/v1/encounters/${encounterId}`
  const unlock = async () => {
    const { version } = await ok(ehr.get(path))
    return ok(ehr.post(`${path}/unlock`, { reason: 'a slip' }, { ifMatch: version }))
  }
  const opened = await unlock()
  const told = { frontDeskInstructions: 'In a week.' }
  await ok(ehr.put(`${path}/checkout-instructions`, told, { ifMatch: opened.version }))
  await ok(ehr.post(`${path}/sign`, { confirmed: true }))
  await unlock()
}

async function complete(desk: Person, practice: Practice, appointmentId: string): Promise<void> {
  const line = { serviceId: practice.serviceId, units: 1, unitAmountCents: 15_000, discountCents: 1_000 }
  await ok(
    desk.scheduler.post(`/v1/appointments/${appointmentId}/complete`, {
      paymentType: 'other',
      alreadyPaid: true,
      payment: { amountCents: 9_000, method: 'card', reference: 'A-9' },
      lineItems: [{ ...line, modifiers: ['HO'] }],
      diagnosisCode: 'F41.1',
      sendReceiptTo: 'visitor@patient.example',
    }),
  )
}

async function changeRecords(owner: Person, practice: Practice): Promise<void> {
  for (let version = 1; version < 4; version++) {
    const ifMatch = version
    await ok(
      owner.scheduler.put(
        `/v1/locations/${practice.locationId}`,
        { name: `Street ${version}`, placeOfService: '11', active: true },
        { ifMatch },
      ),
    )
    await ok(
      owner.billing.put(
        `/v1/services/${practice.serviceId}`,
        {
          code: 'H0004',
          description: `Counseling ${version}`,
          amountCents: 15_000 + version,
          lengthMinutes: 45,
        },
        { ifMatch },
      ),
    )
  }
  const { payerId } = await ok(owner.billing.post('/v1/payers', { name: 'Lake Health', payerNumber: '0042' }))
  for (const name of ['Bronze', 'Silver', 'Gold'])
    await ok(owner.billing.post(`/v1/payers/${payerId}/plans`, { name }))
}
