import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ChargesPosted } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import type { BillingEncounter } from '../queries/get-billing-encounter.ts'
import { type BillingDesk, openBillingDesk, procedure } from '../test-kit.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk.close())

const pathOf = (bill: BillingEncounter) => `/v1/billing-encounters/${bill.billingEncounterId}`
/** A line as read, as it is written back. */
const asInput = ({
  lineId,
  code,
  description,
  units,
  modifiers,
  diagnosisPointers,
  ...line
}: BillingEncounter['lines'][number]) => ({
  lineId,
  code,
  description,
  units,
  modifiers,
  diagnosisPointers,
  unitAmountCents: line.unitAmountCents,
  discountCents: line.discountCents,
})

async function unsigned(...codes: string[]) {
  const visit = desk.visit()
  await desk.release(visit, {
    procedures: codes.map((code) => procedure(code, { units: 2, modifiers: ['25'] })),
  })
  return { visit, bill: await desk.bill(visit) }
}

describe('a released encounter', () => {
  test('B-06 arrives unsigned with all that was released, priced from the catalogue by code', async () => {
    await desk.service('99213', 9_200)
    const practitionerId = newId()
    const provider = { name: 'Grace Hopper', npi: '1234567893', practitionerId }
    const linked = await desk.biller.post('/v1/rendering-providers', provider)
    const visit = { ...desk.visit(), practitionerId }
    await desk.register(visit.patientId)
    await desk.release(visit, {
      procedures: [
        procedure('99213', { units: 2, modifiers: ['25'], diagnosisPointers: [2, 1] }),
        procedure('99406'),
      ],
    })
    expect(await desk.bill(visit)).toMatchObject({
      ...visit,
      patientName: 'Ada Byron',
      encounterNumber: 1042,
      serviceDate: '2026-03-02',
      renderingProviderId: linked.body.renderingProviderId,
      status: 'unsigned',
      needsReview: true,
      diagnoses: [{ code: 'F41.1' }, { code: 'F32.1' }],
      lines: [
        {
          code: '99213',
          units: 2,
          modifiers: ['25'],
          diagnosisPointers: [2, 1],
          unitAmountCents: 9_200,
          chargeId: null,
        },
        { code: '99406', units: 1, unitAmountCents: null },
      ],
    })
    const list = await desk.biller.get('/v1/billing-encounters?status=unsigned&review=true')
    expect(list.body.billingEncounters).toMatchObject([
      { appointmentId: visit.appointmentId, needsReview: true },
    ])
  })

  test('B-06 a filter with a slip in its name is refused rather than left out', async () => {
    const { status, body } = await desk.biller.get('/v1/billing-encounters?patient=1')
    expect([status, body.errors]).toEqual([
      400,
      [{ field: 'patient', detail: 'is not a field of this request' }],
    ])
  })

  test('B-06 a free-standing encounter is billed without a visit', async () => {
    const visit = desk.visit()
    await desk.release(visit, { appointmentId: null })
    const list = await desk.biller.get(`/v1/billing-encounters?patientId=${visit.patientId}`)
    expect(list.body.billingEncounters).toMatchObject([
      { appointmentId: null, encounterId: visit.encounterId },
    ])
  })
})

describe('review and signing', () => {
  test('B-06 signing is refused while a line has no price, and names it', async () => {
    const { bill } = await unsigned('99213', '99999')
    const answer = await desk.biller.post(`${pathOf(bill)}/sign`)
    expect(answer.body).toMatchObject({
      type: 'urn:praxisbus:problem:no_price',
      errors: [{ field: 'lines.1.unitAmountCents' }],
      code: '99999',
      lineId: bill.lines[1]!.lineId,
    })
    expect(await desk.bill({ ...bill, appointmentId: bill.appointmentId! } as never)).toMatchObject({
      status: 'unsigned',
    })
  })

  test('B-06 the biller prices, adds, removes and orders lines; signing posts each as a charge', async () => {
    const { bill, visit } = await unsigned('99998', '99999')
    const [first, second] = bill.lines.map(asInput)
    const added = {
      code: 'G0463',
      description: 'Clinic visit',
      units: 1,
      unitAmountCents: 100,
      discountCents: 100,
    }
    const lines = [{ ...second!, unitAmountCents: 5_000, discountCents: 1_000 }, added]
    const reviewed = await desk.biller.put(`${pathOf(bill)}/lines`, { lines }, { ifMatch: bill.version })
    expect(reviewed.body.lines).toMatchObject([
      { lineId: second!.lineId, unitAmountCents: 5_000, source: 'encounter' },
      { code: 'G0463', source: 'biller' },
    ])
    expect(reviewed.body.lines.map((line: { lineId: string }) => line.lineId)).not.toContain(first!.lineId)
    const signed = await desk.biller.post(`${pathOf(bill)}/sign`, undefined, {
      ifMatch: reviewed.body.version,
    })
    expect(signed.body).toMatchObject({ status: 'posted', totalCents: 9_000, balanceCents: 9_000 })
    const fact = (await desk.facts(ChargesPosted)).at(-1)!
    expect(fact).toMatchObject({
      sequence: signed.body.version,
      data: { appointmentId: visit.appointmentId, totalCents: 9_000 },
    })
  })

  test('B-06 refuses a stale review, lines of nobody, posted lines, too much discount and a diagnosis that is not there', async () => {
    const { bill } = await unsigned('99213')
    const line = asInput(bill.lines[0]!)
    const put = (lines: object[], version = bill.version) =>
      desk.biller.put(`${pathOf(bill)}/lines`, { lines }, { ifMatch: version })
    expect((await put([line], 99)).status).toBe(412)
    const wrong: [object[], string][] = [
      [[{ ...line, lineId: newId() }], 'lines.0.lineId'],
      [[line, line], 'lines.1.lineId'],
      [[{ ...line, discountCents: 18_401 }], 'lines.0.discountCents'],
      [[{ ...line, diagnosisPointers: [1, 3] }], 'lines.0.diagnosisPointers.1'],
      [[{ ...line, units: 0 }], 'lines.0.units'],
      [[{ ...line, unitAmountCents: -5 }], 'lines.0.unitAmountCents'],
      [[{ ...line, price: 5 }], 'lines.0.price'],
    ]
    for (const [lines, field] of wrong) expect((await put(lines)).body.errors[0].field).toBe(field)
    await desk.biller.post(`${pathOf(bill)}/sign`)
    const posted = (await desk.biller.get(pathOf(bill))).body
    expect((await put([], posted.version)).body).toMatchObject({
      status: 409,
      type: 'urn:praxisbus:problem:posted',
    })
    expect((await desk.biller.post(`${pathOf(bill)}/sign`)).body.type).toBe(
      'urn:praxisbus:problem:nothing_to_post',
    )
  })

  test('B-05 B-06 who would change what is posted is told to reverse the bill, and can change it then', async () => {
    const { bill, visit } = await unsigned('99213')
    const put = async (lines: object[]) =>
      desk.biller.put(`${pathOf(bill)}/lines`, { lines }, { ifMatch: (await desk.bill(visit)).version })
    const line = { ...asInput(bill.lines[0]!), unitAmountCents: 5_000 }
    await desk.biller.post(`${pathOf(bill)}/sign`)
    const refused = await put([line])
    expect(refused.body.type).toBe('urn:praxisbus:problem:posted')
    expect(refused.body.next).toContain('POST …/reverse')
    await desk.biller.post(`${pathOf(bill)}/reverse`, { reason: 'another price' })
    expect((await put([line])).body.lines[0]).toMatchObject({ unitAmountCents: 5_000 })
  })

  test('B-06 two billers sign at once: the lines post once', async () => {
    const { bill } = await unsigned('99213')
    const answers = await Promise.all([1, 2, 3, 4].map(() => desk.biller.post(`${pathOf(bill)}/sign`)))
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409, 409, 409])
    expect(
      await desk.count(sql`select from charge where billing_encounter_id = ${bill.billingEncounterId}`),
    ).toBe(1)
  })

  test('P-06 the front desk reads bills and does not sign them; another practice sees none', async () => {
    const { bill } = await unsigned('99213')
    expect((await desk.frontDesk.get(pathOf(bill))).status).toBe(200)
    expect((await desk.frontDesk.post(`${pathOf(bill)}/sign`)).status).toBe(403)
    const elsewhere = await desk.as({ permissions: ['billing.read', 'billing.post'], practiceIds: [newId()] })
    expect((await elsewhere.get(pathOf(bill))).status).toBe(404)
    expect((await elsewhere.post(`${pathOf(bill)}/cancel`)).status).toBe(404)
  })
})
