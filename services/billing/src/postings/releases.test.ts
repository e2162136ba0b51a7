import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type BillingDesk, openBillingDesk, procedure, type Released, type Visit } from '../test-kit.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
  for (const code of ['90832', '90834', '90837']) await desk.service(code, 10_000)
})
afterAll(() => desk.close())

const noteOf = (contentVersion: number | undefined, code: string, releasedAt: string): Partial<Released> => ({
  releasedAt: `2026-03-05T${releasedAt}:00Z`,
  diagnoses: [{ code: 'F41.1', description: 'Anxiety' }],
  procedures: [procedure(code)],
  ...(contentVersion === undefined ? {} : { contentVersion }),
})
const codes = async (visit: Visit) => (await desk.bill(visit)).lines.map(({ code }) => code)

describe('B-06 E-11 which release of a note is the newest', () => {
  test('B-06 E-11 that of the later version, although the EHR wrote it by a clock that was set back', async () => {
    const visit = desk.visit()
    await desk.release(visit, noteOf(1, '90834', '10:00'))
    await desk.release(visit, noteOf(2, '90837', '09:05'))
    expect(await codes(visit)).toEqual(['90837'])
    // Compared with the version before it, not with what the clocks make the last.
    await desk.release(visit, noteOf(3, '90832', '09:10'))
    expect(await codes(visit)).toEqual(['90832'])
    expect((await desk.bill(visit)).releases).toHaveLength(3)
  })

  test('B-06 E-11 P-02 not that of an earlier version, although its clock was ahead', async () => {
    const visit = desk.visit()
    await desk.release(visit, noteOf(2, '90837', '09:05'))
    await desk.release(visit, noteOf(1, '90834', '10:00'))
    await desk.release(visit, noteOf(2, '90834', '10:00'))
    expect(await codes(visit)).toEqual(['90837'])
  })

  test('B-06 the later one where a fact does not say its version', async () => {
    const visit = desk.visit()
    await desk.release(visit, noteOf(undefined, '90834', '09:00'))
    await desk.release(visit, noteOf(2, '90837', '09:05'))
    await desk.release(visit, noteOf(undefined, '90832', '09:05'))
    expect(await codes(visit)).toEqual(['90837'])
  })

  test('B-06 E-11 of another encounter of the same visit too: the earlier one no longer waits', async () => {
    const visit = desk.visit()
    await desk.release(visit, noteOf(1, '90834', '09:00'))
    const other = { ...visit, encounterId: visit.practitionerId }
    await desk.release(other, noteOf(1, '90832', '10:00'))
    await desk.release(other, noteOf(2, '90837', '09:30'))
    const { releases } = await desk.bill(visit)
    const put = releases.filter(({ kind }) => kind === 'other-encounter')
    expect(put.map(({ releasedAt, waits }) => [releasedAt.slice(11, 16), waits]).sort()).toEqual([
      ['09:30', true],
      ['10:00', false],
    ])
  })
})
