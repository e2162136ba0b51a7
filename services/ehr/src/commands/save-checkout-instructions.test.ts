import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { CheckoutInstructionsChanged } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { type Clinic, DRAFT, openClinic, THERAPIST } from '../testing/clinic.ts'

let clinic: Clinic
beforeAll(async () => {
  clinic = await openClinic()
})
afterAll(() => clinic.desk.close())

const path = (id: string) => `/v1/encounters/${id}`
const read = async (id: string) => (await clinic.therapist.get(path(id))).body
const save = (id: string, body: object, ifMatch?: number, user = clinic.therapist) =>
  user.put(`${path(id)}/checkout-instructions`, body, { ifMatch })
const facts = async (id: string) =>
  (await clinic.desk.facts(CheckoutInstructionsChanged)).filter(({ key }) => key === id)
const sign = (id: string) => clinic.therapist.post(`${path(id)}/sign`, { confirmed: true })
const problem = ({ status, body }: { status: number; body: { type: string } }) => [
  status,
  body.type.split(':').at(-1),
]
const BOTH = { patientInstructions: 'Keep the sleep diary.', frontDeskInstructions: 'Next visit in a week.' }

describe('E-03 checkout instructions', () => {
  test('E-03 are kept with the encounter and told as a fact that carries all of them', async () => {
    const { id, version } = await clinic.encounter()
    const saved = await save(id, BOTH, version)
    expect(saved.body).toMatchObject({
      encounterId: id,
      status: 'draft',
      checkout: BOTH,
      version: version + 1,
    })
    const encounter = await read(id)
    expect(encounter).toMatchObject({ checkout: BOTH, version: version + 1 })
    const { appointmentId } = encounter
    expect(await facts(id)).toMatchObject([
      {
        key: id,
        sequence: version + 1,
        data: { encounterId: id, appointmentId, patientId: clinic.patientId, ...BOTH },
      },
    ])
  })

  test('E-03 are replaced whole, taken away by blanks, and told only when they change', async () => {
    const { id, version } = await clinic.encounter()
    await save(id, BOTH, version)
    const same = await save(id, BOTH, version + 1)
    expect(same.body.version).toBe(version + 1)
    const one = await save(id, { frontDeskInstructions: ' Call a cab.\n' }, version + 1)
    expect(one.body.checkout).toEqual({ patientInstructions: null, frontDeskInstructions: 'Call a cab.' })
    expect((await save(id, { patientInstructions: '  ' }, version + 2)).body.checkout).toBeNull()
    expect(
      (await facts(id)).map(({ data }) => [data.patientInstructions, data.frontDeskInstructions]),
    ).toEqual([
      [BOTH.patientInstructions, BOTH.frontDeskInstructions],
      [null, 'Call a cab.'],
      [null, null],
    ])
  })

  test('E-03 saving the draft leaves them as they are, and the two editors are told of each other', async () => {
    const { id, version } = await clinic.encounter()
    await save(id, BOTH, version)
    const draft = { ...DRAFT, narrative: 'Edited beside.' }
    const stale = await clinic.therapist.put(`${path(id)}/draft`, draft, { ifMatch: version })
    expect(stale.status).toBe(412)
    expect((await clinic.therapist.put(`${path(id)}/draft`, draft, { ifMatch: version + 1 })).status).toBe(
      200,
    )
    expect((await read(id)).checkout).toEqual(BOTH)
    expect((await save(id, BOTH, version)).status).toBe(412)
    expect((await save(id, BOTH)).status).toBe(428)
  })

  test('E-03 only where the practice has the Scheduler', async () => {
    const { id, version } = await clinic.encounter()
    await clinic.use({ scheduler: false })
    const refused = await save(id, BOTH, version)
    await clinic.use({})
    expect(problem(refused)).toEqual([409, 'scheduler_not_in_use'])
    expect((await read(id)).checkout).toBeNull()
    expect(await facts(id)).toEqual([])
    expect((await save(id, BOTH, version)).status).toBe(200)
  })

  test('E-03 only on an encounter that is linked to a visit', async () => {
    const { body } = await clinic.therapist.post('/v1/encounters', {
      templateId: clinic.templateId,
      patientId: clinic.patientId,
      practitionerId: clinic.practitionerId,
      serviceDate: '2026-03-10',
    })
    expect(problem(await save(body.encounterId, BOTH, 1))).toEqual([409, 'not_linked_to_visit'])
  })

  test('E-03 only before signing, from the first signature on; an unlocked note takes them again', async () => {
    const { id, version } = await clinic.encounter({ templateId: clinic.cosignedTemplateId })
    await save(id, BOTH, version)
    await sign(id)
    expect(problem(await save(id, { patientInstructions: 'Late.' }, version + 2))).toEqual([
      409,
      'encounter_signed',
    ])
    const attempt = sql`update encounter set checkout = null where id = ${id}`
    await expect(clinic.asAdmin(attempt)).rejects.toThrow('carries signatures')
    const reason = { reason: 'Forgot the cab' }
    await clinic.therapist.post(`${path(id)}/unlock`, reason, { ifMatch: version + 2 })
    expect(await read(id)).toMatchObject({ status: 'draft', checkout: BOTH })
    expect((await save(id, { frontDeskInstructions: 'Call a cab.' }, version + 3)).status).toBe(200)
    const { versions } = (await clinic.therapist.get(`${path(id)}/versions`)).body
    expect(versions.map(({ checkout }: { checkout: object }) => checkout)).toEqual([
      { patientInstructions: null, frontDeskInstructions: 'Call a cab.' },
      BOTH,
    ])
  })

  test('E-03 saving them and signing at once: they are signed with the note, or refused', async () => {
    for (let round = 0; round < 4; round++) {
      const { id, version } = await clinic.encounter()
      const [saved, signed] = await Promise.all([save(id, BOTH, version), sign(id)])
      expect(signed!.status).toBe(200)
      const { checkout } = await read(id)
      expect([saved!.status, checkout]).toEqual(saved!.status === 200 ? [200, BOTH] : [409, null])
      expect(await facts(id)).toHaveLength(saved!.status === 200 ? 1 : 0)
    }
  })

  test('E-03 P-06 bad input, other permissions and other practices leave nothing', async () => {
    const { id, version } = await clinic.encounter()
    for (const body of [
      { patientInstructions: 'x'.repeat(4_001) },
      { patientInstructions: 7 },
      { frontDeskInstructions: '\ud800' },
      { toTheBiller: 'x' },
    ])
      expect((await save(id, body, version)).status).toBe(400)
    const reader = await clinic.desk.as({ ...THERAPIST, permissions: ['encounter.read'] })
    expect((await save(id, BOTH, version, reader)).status).toBe(403)
    const stranger = await clinic.desk.as({ ...THERAPIST, practiceIds: [newId()] })
    expect((await save(id, BOTH, version, stranger)).status).toBe(404)
    expect(await read(id)).toMatchObject({ checkout: null, version })
  })
})
