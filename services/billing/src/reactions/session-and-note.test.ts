import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
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

const first: Partial<Released> = { diagnoses: [{ code: 'F41.1', description: 'Anxiety' }] }
const path = (id: string) => `/v1/billing-encounters/${id}`
const sign = async (visit: Visit) =>
  (await desk.biller.post(`${path((await desk.bill(visit)).billingEncounterId)}/sign`)).body
const settle = (releaseId: string, body: object = {}) =>
  desk.biller.post(`/v1/encounter-releases/${releaseId}/settle`, { note: 'seen', ...body })
const waiting = async (visit: Visit) => (await desk.bill(visit)).releases.filter((release) => release.waits)

describe('session and note that say different things', () => {
  const more = { units: 2, modifiers: ['95'] }
  const note = { ...first, procedures: [procedure('90834', more)] }
  const session = { lineItems: [lineItem('90834', 12_000)] }

  test.each(['session first', 'encounter first'])(
    'B-06 %s: the charge stays as it was made, and units and modifiers of the note wait for a biller',
    async (order) => {
      const visit = desk.visit()
      const twoModes = { lineItems: [lineItem('90834', 12_000, { modifiers: ['GT'] })] }
      if (order === 'session first') await desk.complete(visit, twoModes)
      await desk.release(visit, note)
      if (order === 'encounter first') await desk.complete(visit, twoModes)
      const bill = await desk.bill(visit)
      const [line] = bill.lines
      expect(bill).toMatchObject({ status: 'posted', totalCents: 12_000, needsReview: true })
      expect(line).toMatchObject({ units: 1, modifiers: ['GT'], diagnosisPointers: [1] })
      const [release, ...others] = await waiting(visit)
      expect(others).toEqual([])
      expect(release).toMatchObject({ kind: 'first' })
      expect(release!.differences).toEqual([
        { what: 'units', lineId: line!.lineId, code: '90834', billed: '1', released: '2' },
        { what: 'modifiers', lineId: line!.lineId, code: '90834', billed: 'GT', released: '95' },
      ])
      const settled = (await settle(release!.releaseId, { take: true })).body
      expect(settled).toMatchObject({ needsReview: false, lines: [{ units: 1, modifiers: ['GT'] }] })
    },
  )

  test('B-06 B-13 the bill is reversed: its lines follow the note, and what differed is settled', async () => {
    for (const order of ['session first', 'encounter first']) {
      const visit = desk.visit()
      if (order === 'session first') await desk.complete(visit, session)
      await desk.release(visit, note)
      if (order === 'encounter first') await desk.complete(visit, session)
      const { billingEncounterId } = await desk.bill(visit)
      const { body } = await desk.biller.post(`${path(billingEncounterId)}/reverse`, { reason: 'two units' })
      expect(body.lines).toMatchObject([{ ...more, unitAmountCents: 12_000 }])
      expect(body.releases).toMatchObject([{ kind: 'first', waits: false }])
      expect(await sign(visit)).toMatchObject({ totalCents: 24_000, needsReview: false })
    }
  })

  test('B-06 a line that the note does not name goes on pointing to its diagnosis', async () => {
    const visit = desk.visit()
    await desk.complete(visit, { lineItems: [], diagnosisCodes: ['Z63.0'] })
    const { billingEncounterId, version } = await desk.bill(visit)
    const family = {
      code: '90847',
      description: 'Family',
      units: 1,
      unitAmountCents: 100,
      diagnosisPointers: [1],
    }
    await desk.biller.put(`${path(billingEncounterId)}/lines`, { lines: [family] }, { ifMatch: version })
    await desk.release(visit, { ...first, procedures: [procedure('90834')] })
    const { diagnoses: known, lines } = await desk.bill(visit)
    const codes = lines.map(({ code, diagnosisPointers }) => [code, known[diagnosisPointers[0]! - 1]!.code])
    expect(codes).toEqual([
      ['90847', 'Z63.0'],
      ['90834', 'F41.1'],
    ])
  })
})
