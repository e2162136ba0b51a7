import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { CoverageChanged } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { type InsuranceDesk, openInsuranceDesk, problem } from '../test-insurance.ts'

let desk: InsuranceDesk
beforeAll(async () => {
  desk = await openInsuranceDesk()
})
afterAll(() => desk.close())

describe('coverages', () => {
  test('B-01 the whole list in its order, with plan and dates; a stale list is refused; it is told as state', async () => {
    const patientId = newId()
    await desk.register(patientId)
    const path = `/v1/patients/${patientId}/coverages`
    const plan = (await desk.biller.post(`/v1/payers/${desk.first}/plans`, { name: 'Gold' })).body.plans[0]
    const empty = await desk.biller.get(path)
    expect([empty.body.coverages, empty.headers.get('etag')]).toEqual([[], '"1"'])
    const primary = { payerId: desk.first, planId: plan.planId, memberId: 'A1', startsOn: '2026-01-01' }
    const secondary = { payerId: desk.second, memberId: 'B2', endsOn: '2026-12-31' }
    const put = (coverages: object[], version: number) =>
      desk.frontDesk.put(path, { coverages }, { ifMatch: version })
    const saved = await put([primary, secondary], 1)
    expect(saved).toMatchObject({
      status: 200,
      body: {
        version: 2,
        coverages: [
          {
            payerName: 'First Health',
            planName: 'Gold',
            memberId: 'A1',
            startsOn: '2026-01-01',
            endsOn: null,
          },
          { payerName: 'Second Health', planName: null, endsOn: '2026-12-31' },
        ],
      },
    })
    expect(await put([], 1)).toMatchObject(problem(412, 'stale', 'If-Match'))
    const [kept, gone] = saved.body.coverages
    const turned = await put([secondary, { ...primary, coverageId: kept.coverageId, memberId: 'A2' }], 2)
    expect(turned.body.coverages[1]).toMatchObject({ coverageId: kept.coverageId, memberId: 'A2' })
    expect(turned.body.coverages[0].coverageId).not.toBe(gone.coverageId)
    expect((await desk.facts(CoverageChanged)).at(-1)).toMatchObject({
      key: patientId,
      sequence: 3,
      data: { coverages: [{ payerId: desk.second }, { payerId: desk.first, planId: plan.planId }] },
    })
    for (const [type, field, wrong] of [
      ['plan_of_another_payer', 'coverages.1.planId', [primary, { ...secondary, planId: plan.planId }]],
      ['payer_unknown', 'coverages.0.payerId', [{ ...primary, payerId: newId() }]],
      ['unknown_coverage', 'coverages.0.coverageId', [{ ...primary, coverageId: gone.coverageId }]],
      [
        'unknown_coverage',
        'coverages.1.coverageId',
        [
          { ...primary, coverageId: kept.coverageId },
          { ...primary, coverageId: kept.coverageId },
        ],
      ],
      ['ends_before_start', 'coverages.0.endsOn', [{ ...primary, endsOn: '2025-12-31' }]],
    ] as const)
      expect(await put([...wrong], 3)).toMatchObject(problem(422, type, field))
    expect((await desk.biller.get(path)).body).toEqual(turned.body)
    expect((await desk.biller.get(`/v1/patients/${newId()}/coverages`)).status).toBe(404)
    expect(
      (await desk.biller.put(`/v1/patients/${newId()}/coverages`, { coverages: [] }, { ifMatch: 1 })).status,
    ).toBe(404)
  })

  test('B-01 two who enter the first coverages at once: one of both', async () => {
    const patientId = newId()
    await desk.register(patientId)
    const put = () =>
      desk.biller.put(
        `/v1/patients/${patientId}/coverages`,
        { coverages: [{ payerId: desk.first, memberId: 'A1' }] },
        { ifMatch: 1 },
      )
    expect((await Promise.all([put(), put()])).map(({ status }) => status).sort()).toEqual([200, 412])
  })

  test('B-01 who owes a charge first is who covers the day of service', async () => {
    const past = await desk.claim([])
    expect(await desk.owed(past)).toEqual({ patient: 10_000 })
    await desk.cover(past.patientId, [desk.first], { endsOn: '2026-03-01' })
    expect(await desk.owed(await desk.claim([], { patientId: past.patientId }))).toEqual({ patient: 10_000 })
    await desk.cover(past.patientId, [desk.second], { startsOn: '2026-03-02' })
    expect(await desk.owed(await desk.claim([], { patientId: past.patientId }))).toEqual({ second: 10_000 })
  })
})
