import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { BillingEncounterAmended, BillingEncounterReleaseSettled, ChargesPosted } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import {
  type BillingDesk,
  lineItem,
  openBillingDesk,
  procedure,
  type Released,
  type Visit,
} from '../test-kit.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
  for (const code of ['90834', '90837', '96127']) await desk.service(code, 10_000)
})
afterAll(() => desk.close())

const diagnoses = (...codes: string[]) => codes.map((code) => ({ code, description: `About ${code}` }))
const F41 = diagnoses('F41.1')
const first: Partial<Released> = {
  diagnoses: F41,
  procedures: [procedure('90834'), procedure('96127', { units: 2 })],
}
const later = (released: Partial<Released>): Partial<Released> => ({
  releasedAt: '2026-03-05T09:00:00Z',
  diagnoses: F41,
  ...released,
})
const path = (id: string) => `/v1/billing-encounters/${id}`
const sign = async (visit: Visit) =>
  (await desk.biller.post(`${path((await desk.bill(visit)).billingEncounterId)}/sign`)).body
const settle = (releaseId: string, body: object = {}) =>
  desk.biller.post(`/v1/encounter-releases/${releaseId}/settle`, { note: 'seen', ...body })
const entries = () => desk.count(sql`select from entry`)
const waiting = async (visit: Visit) => (await desk.bill(visit)).releases.filter((release) => release.waits)

describe('an encounter that is released again', () => {
  test('B-06 E-11 before the bill is signed its lines follow the amended note; the prices stay', async () => {
    const visit = desk.visit()
    await desk.release(visit, first)
    const { billingEncounterId, lines } = await desk.bill(visit)
    const priced = lines.map((line) => ({ ...line, unitAmountCents: 7_000 }))
    const body = {
      lines: priced.map(({ lineId, code, description, units, unitAmountCents }) => ({
        lineId,
        code,
        description,
        units,
        unitAmountCents,
      })),
    }
    await desk.biller.put(`${path(billingEncounterId)}/lines`, body, {
      ifMatch: (await desk.bill(visit)).version,
    })
    await desk.release(
      visit,
      later({
        diagnoses: diagnoses('F32.1', 'F41.1'),
        procedures: [
          procedure('90834', { units: 2, modifiers: ['95'], diagnosisPointers: [2] }),
          procedure('90837'),
        ],
        serviceDate: '2026-03-01',
      }),
    )
    const bill = await desk.bill(visit)
    expect(bill).toMatchObject({
      serviceDate: '2026-03-01',
      releasedAt: expect.stringContaining('2026-03-05'),
    })
    expect(bill.diagnoses.map(({ code }) => code)).toEqual(['F32.1', 'F41.1'])
    expect(bill.lines).toMatchObject([
      {
        lineId: lines[0]!.lineId,
        units: 2,
        modifiers: ['95'],
        diagnosisPointers: [2],
        unitAmountCents: 7_000,
      },
      { code: '90837', unitAmountCents: 10_000 },
    ])
    expect(bill.releases).toMatchObject([
      { kind: 'first' },
      { kind: 'amended', differences: [], waits: false },
    ])
    expect((await desk.facts(BillingEncounterAmended)).at(-1)).toMatchObject({
      key: billingEncounterId,
      sequence: bill.version,
      data: { kind: 'amended', differences: [] },
    })
    expect(await sign(visit)).toMatchObject({ totalCents: 24_000, needsReview: false })
  })

  test('B-06 E-11 what is posted stays in the ledger and is flagged with what differs, until a biller has decided', async () => {
    const visit = desk.visit()
    await desk.release(visit, first)
    const posted = await sign(visit)
    const before = await entries()
    const amendment = later({
      diagnoses: diagnoses('F32.1'),
      procedures: [procedure('90834', { units: 3 }), procedure('90837')],
    })
    await desk.release(visit, amendment)
    await desk.release(visit, amendment)
    expect(await entries()).toBe(before)
    const bill = await desk.bill(visit)
    const [one, two] = posted.lines
    expect(bill).toMatchObject({ status: 'posted', totalCents: 30_000, needsReview: true })
    expect(bill.lines).toMatchObject([
      { units: 1, diagnosisPointers: [2] },
      { units: 2 },
      { code: '90837', chargeId: null },
    ])
    const [release, ...more] = await waiting(visit)
    expect(more).toEqual([])
    expect(release!.differences).toEqual([
      { what: 'units', lineId: one.lineId, code: '90834', billed: '1', released: '3' },
      { what: 'diagnoses', lineId: one.lineId, code: '90834', billed: 'F41.1', released: 'F32.1' },
      { what: 'dropped', lineId: two.lineId, code: '96127', billed: '2', released: null },
    ])
    const told = (await desk.facts(BillingEncounterAmended)).filter(
      ({ key }) => key === bill.billingEncounterId,
    )
    expect(told).toMatchObject([{ data: { differences: release!.differences } }])

    await sign(visit)
    const review = `/v1/billing-encounters?review=true&patientId=${visit.patientId}`
    expect((await desk.biller.get(review)).body.billingEncounters).toHaveLength(1)
    expect((await settle(release!.releaseId, { note: '' })).body.errors[0].field).toBe('note')
    const settled = (await settle(release!.releaseId, { take: true })).body
    expect(settled).toMatchObject({ needsReview: false, totalCents: 40_000 })
    expect(settled.lines[0]).toMatchObject({ units: 1, diagnosisPointers: [1] })
    expect(settled.releases.at(-1)).toMatchObject({ waits: false, settledBy: 'user-1', settleNote: 'seen' })
    expect((await desk.facts(BillingEncounterReleaseSettled)).at(-1)!.data).toMatchObject({ taken: true })
    expect((await desk.biller.get(review)).body.billingEncounters).toEqual([])
    expect((await settle(release!.releaseId)).body.type).toContain('settled')
    expect((await settle(newId())).status).toBe(404)
  })

  test('B-06 B-13 a bill that is reversed follows the note that waited, and what was amended is billed', async () => {
    const visit = desk.visit()
    await desk.release(visit, first)
    await sign(visit)
    await desk.release(visit, later({ procedures: [procedure('90834', { units: 3 })] }))
    const { billingEncounterId } = await desk.bill(visit)
    const { body } = await desk.biller.post(`${path(billingEncounterId)}/reverse`, { reason: 'amended note' })
    expect(body.lines).toMatchObject([{ code: '90834', units: 3, chargeId: null }])
    expect(body.releases.at(-1)).toMatchObject({
      waits: false,
      settleNote: expect.stringContaining('reversed'),
    })
    expect(await sign(visit)).toMatchObject({ totalCents: 30_000, needsReview: false })
  })

  test('B-06 the session billed first: the amended note is compared with what it billed, in either order of arrival', async () => {
    for (const order of ['session first', 'encounter first']) {
      const visit = desk.visit()
      const complete = () => desk.complete(visit, { lineItems: [lineItem('90834', 12_000)] })
      if (order === 'session first') await complete()
      await desk.release(visit, { ...first, procedures: [procedure('90834')] })
      if (order === 'encounter first') await complete()
      await desk.release(
        visit,
        later({ procedures: [procedure('90834', { units: 2 })], serviceDate: '2026-03-01' }),
      )
      const [release] = await waiting(visit)
      expect(release!.differences).toMatchObject([
        { what: 'service-date', billed: '2026-03-02', released: '2026-03-01' },
        { what: 'units', billed: '1', released: '2' },
      ])
      expect(await desk.bill(visit)).toMatchObject({ totalCents: 12_000, serviceDate: '2026-03-02' })
    }
  })

  test('B-06 a release told again, or an older one, changes nothing; a newer one takes the place of what waits', async () => {
    const visit = desk.visit()
    await desk.release(visit, first)
    await sign(visit)
    await desk.release(visit, later({ procedures: [procedure('90834', { units: 5 })] }))
    const { version } = await desk.bill(visit)
    await desk.release(visit, first)
    expect((await desk.bill(visit)).version).toBe(version)
    await desk.release(visit, { ...first, releasedAt: '2026-03-06T09:00:00Z' })
    const bill = await desk.bill(visit)
    expect(bill.releases.map((release) => release.waits)).toEqual([false, false, false])
    expect(bill).toMatchObject({ needsReview: false, totalCents: 30_000 })
    expect(bill.releases[1]!.settleNote).toContain('newer')
  })

  test('B-06 a cancelled bill is opened again by an amended note and follows it', async () => {
    const visit = desk.visit()
    await desk.release(visit, first)
    await sign(visit)
    await desk.biller.post(`${path((await desk.bill(visit)).billingEncounterId)}/cancel`)
    await desk.release(visit, later({ procedures: [procedure('90837')] }))
    expect(await desk.bill(visit)).toMatchObject({
      status: 'unsigned',
      needsReview: true,
      lines: [{ code: '90837' }],
    })
  })
})

describe('a release that is not the bill’s own', () => {
  test('B-06 P-02 another encounter of the appointment is put aside and flagged, and the topic goes on', async () => {
    const visit = desk.visit()
    await desk.release(visit, first)
    await sign(visit)
    const other = { ...visit, encounterId: newId() }
    const theirs = { encounterNumber: 2_000, diagnoses: diagnoses('F90.0'), procedures: [procedure('90837')] }
    await desk.release(other, theirs)
    await desk.release(other, theirs)
    const bill = await desk.bill(visit)
    expect(bill).toMatchObject({ encounterId: visit.encounterId, needsReview: true, totalCents: 30_000 })
    expect(bill.lines).toHaveLength(2)
    const [release, ...more] = await waiting(visit)
    expect(more).toEqual([])
    expect(release).toMatchObject({
      kind: 'other-encounter',
      encounterId: other.encounterId,
      differences: [{ what: 'other-encounter', billed: '1042', released: '2000' }],
    })
    const taken = (await settle(release!.releaseId, { take: true })).body
    expect(taken.lines.at(-1)).toMatchObject({ code: '90837', chargeId: null, diagnosisPointers: [2] })
    expect(taken.diagnoses.map(({ code }: { code: string }) => code)).toEqual(['F41.1', 'F90.0'])
    expect(await sign(visit)).toMatchObject({ totalCents: 40_000, needsReview: false })
    expect((await desk.facts(ChargesPosted)).at(-1)!.data).toMatchObject({ totalCents: 10_000 })
  })

  test('B-06 an encounter of another patient is never billed to this one', async () => {
    const visit = desk.visit()
    await desk.complete(visit)
    await desk.release({ ...visit, patientId: newId() }, first)
    const bill = await desk.bill(visit)
    expect(bill).toMatchObject({ patientId: visit.patientId, encounterId: null, needsReview: true })
    expect(bill.lines).toHaveLength(1)
    const [release] = await waiting(visit)
    expect(release).toMatchObject({ kind: 'other-patient' })
    expect((await settle(release!.releaseId, { take: true })).body.errors[0].field).toBe('take')
    expect((await settle(release!.releaseId)).body.needsReview).toBe(false)
    await desk.release(visit, first)
    expect(await desk.bill(visit)).toMatchObject({ encounterId: visit.encounterId })
  })
})
