import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Clinic, ok, openStaffedClinic, type Person, type Practice, until } from './clinic.ts'
import { billOf, schedule, writeNote } from './visit-steps.ts'

let clinic: Clinic
let practice: Practice
let desk: Person
let clinician: Person
let biller: Person

beforeAll(async () => {
  ;({ clinic, practice, desk, clinician, biller } = await openStaffedClinic())
}, 120_000)
afterAll(() => clinic?.close(), 60_000)

describe('a note as the other services see it', () => {
  test('E-11 S-16 B-06 a note is unlocked, its diagnosis changed, and signed again: billing is told, and posted charges stay', async () => {
    const { appointmentId } = await schedule(
      desk,
      practice,
      { newPatient: { name: 'Second Thought' } },
      { daysAgo: 1 },
    )
    const { encounterId } = await writeNote(clinician, practice, appointmentId)
    const note = `/v1/encounters/${encounterId}`
    await ok(clinician.ehr.post(`${note}/release`, {}))
    const { billingEncounterId, version } = await until(
      () => billOf(biller, appointmentId),
      (found) => found,
      'the bill',
    )
    const bill = `/v1/billing-encounters/${billingEncounterId}`
    await ok(biller.billing.post(`${bill}/sign`, {}, { ifMatch: version }))

    const dependents = await ok(clinician.ehr.get(`${note}/dependents`))
    expect(dependents.billing).toMatchObject({
      billStatus: 'posted',
      billingEncounterId,
      catchingUp: false,
      chargedCents: 15_000,
      charges: [{ code: 'H0004', chargedCents: 15_000, balanceCents: 15_000, inClosedPeriod: false }],
    })
    const seen = { ifMatch: dependents.version }
    const opened = await ok(clinician.ehr.post(`${note}/unlock`, { reason: 'Wrong diagnosis' }, seen))
    await until(
      () => billOf(biller, appointmentId),
      (found) => found.noteUnlockedAt,
      'billing to know that the note is being changed',
    )
    const draft = {
      narrative: 'Looked again.',
      diagnoses: [{ code: 'F41.1' }],
      procedures: [{ code: 'H0004', units: 1, modifiers: ['HO'], diagnosisPointers: [1] }],
    }
    await ok(clinician.ehr.put(`${note}/draft`, draft, { ifMatch: opened.version }))
    expect(await ok(clinician.ehr.post(`${note}/sign`, { confirmed: true }))).toMatchObject({
      contentVersion: 2,
      codingSent: true,
    })
    const after = await until(
      () => billOf(biller, appointmentId),
      (found) => found.noteUnlockedAt === null && found.releases.length === 2,
      'the amended coding to wait for a biller',
    )
    expect(after).toMatchObject({
      needsReview: true,
      status: 'posted',
      balanceCents: 15_000,
      lines: [{ code: 'H0004', chargedCents: 15_000 }],
      releases: [
        { kind: 'first', waits: false },
        {
          kind: 'amended',
          waits: true,
          differences: [{ what: 'diagnoses', billed: 'F32.1', released: 'F41.1' }],
        },
      ],
    })
  }, 60_000)

  test('E-03 S-21 what the clinician wants said stands in the Checkout section of the appointment, also while the EHR is away', async () => {
    const { appointmentId } = await schedule(
      desk,
      practice,
      { newPatient: { name: 'On The Way Out' } },
      { daysAgo: 1 },
    )
    const details = () => ok(desk.scheduler.get(`/v1/appointments/${appointmentId}`))
    expect((await details()).checkout).toBeNull()
    const { encounterId, version } = await until(
      () => ok(clinician.ehr.post('/v1/encounters', { appointmentId, templateId: practice.templateId })),
      () => true,
      'the EHR to know the visit',
    )
    const path = `/v1/encounters/${encounterId}/checkout-instructions`
    const told = { patientInstructions: 'Keep the diary.', frontDeskInstructions: 'Next visit in two weeks.' }
    const saved = await ok(clinician.ehr.put(path, told, { ifMatch: version }))
    const shown = await until(details, ({ checkout }) => checkout, 'the instructions to be shown')
    expect(shown.checkout).toEqual(told)
    const changed = { frontDeskInstructions: 'Next visit in three weeks.' }
    await ok(clinician.ehr.put(path, changed, { ifMatch: saved.version }))
    await until(
      details,
      ({ checkout }) => checkout.frontDeskInstructions === changed.frontDeskInstructions,
      'the change to be shown',
    )
    await clinic.services.ehr.stop()
    expect((await details()).checkout).toEqual({ patientInstructions: null, ...changed })
    await clinic.services.ehr.restart()
  }, 60_000)
})
