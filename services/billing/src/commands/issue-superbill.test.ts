import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { DocumentIssuedV2 } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { extractText } from 'unpdf'
import { type BillingDesk, lineItem, openBillingDesk, paid, procedure, type Visit } from '../test-kit.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk.close())

let npis = 0
/** Ten digits, the last of which checks the others (Luhn over 80840 and the NPI). */
function nextNpi(): string {
  const nine = String(100_000_000 + ++npis)
  const digits = [...`80840${nine}`].reverse().map(Number)
  const sum = digits.reduce((total, digit, index) => {
    const weighed = index % 2 === 0 ? digit * 2 : digit
    return total + (weighed > 9 ? weighed - 9 : weighed)
  }, 0)
  return `${nine}${(10 - (sum % 10)) % 10}`
}

async function known(): Promise<Visit & { npi: string }> {
  const visit = desk.visit()
  await desk.register(visit.patientId)
  const npi = nextNpi()
  const added = await desk.biller.post('/v1/rendering-providers', {
    name: 'Dana Reyes, PhD',
    npi,
    practitionerId: visit.practitionerId,
  })
  expect(added.status).toBe(201)
  return { ...visit, npi }
}
const superbill = (id: string) => desk.biller.post(`/v1/billing-encounters/${id}/superbill`)
const billId = async (visit: Visit) => (await desk.bill(visit)).billingEncounterId
const refusalOf = ({ status, body }: { status: number; body: { type: string } }) => [
  status,
  body.type.replace('urn:praxisbus:problem:', ''),
]

test('B-20 a superbill has provider and NPI, place, diagnoses, lines with pointers, and what was paid', async () => {
  const visit = await known()
  await desk.release(visit, { procedures: [procedure('90834', { diagnosisPointers: [2, 1] })] })
  const lineItems = [lineItem('90834', 15_000, { modifiers: ['95'], discountCents: 1_000 })]
  await desk.complete(visit, { ...paid(2_000), lineItems })
  const answer = await superbill(await billId(visit))
  expect(answer.status).toBe(201)
  expect(answer.body).toMatchObject({ kind: 'superbill', status: 'issued', totalCents: 14_000 })
  expect(answer.body.number).toMatch(/^SUP-\d{6}$/)
  expect(answer.body.content).toEqual({
    serviceDate: '2026-03-02',
    birthDate: null,
    provider: { name: 'Dana Reyes, PhD', npi: visit.npi },
    placeOfService: '11',
    diagnoses: [
      { code: 'F41.1', description: 'Generalized anxiety disorder' },
      { code: 'F32.1', description: 'Major depressive disorder, single episode, moderate' },
    ],
    lines: [
      {
        code: '90834',
        description: 'Service 90834',
        modifiers: ['95'],
        units: 1,
        diagnosisPointers: [2, 1],
        amountCents: 15_000,
        discountCents: 1_000,
      },
    ],
    totalCents: 14_000,
    paidCents: 2_000,
  })
  expect((await desk.facts(DocumentIssuedV2)).at(-1)!.data).toMatchObject({ kind: 'superbill' })
  const pdf = await desk.biller.get(`/v1/documents/${answer.body.documentId}/pdf`)
  const { text } = await extractText(new Uint8Array(pdf.body), { mergePages: true })
  for (const said of ['4 Fern Street', '+1 217 555 0100', 'Tax ID 00-7654321', 'NPI 1999999984'])
    expect(text).toContain(said)
})

test('B-20 superbills are numbered without gaps; a later one shows what was paid since; a cancelled bill voids them', async () => {
  const visit = await known()
  await desk.complete(visit)
  const id = await billId(visit)
  const first = (await superbill(id)).body
  await superbill(newId())
  await desk.checkIn(visit, 500)
  const second = (await superbill(id)).body
  expect([first.content.paidCents, second.content.paidCents]).toEqual([0, 500])
  const number = ({ number }: { number: string }) => Number(number.slice(4))
  expect(number(second)).toBe(number(first) + 1)
  const refused = await desk.biller.post(`/v1/billing-encounters/${id}/cancel`)
  await desk.biller.post(`/v1/payments/${refused.body.payments[0].paymentId}/remove`)
  await desk.biller.post(`/v1/billing-encounters/${id}/cancel`)
  const now = (await desk.biller.get(`/v1/documents/${first.documentId}`)).body
  expect(now).toMatchObject({ status: 'void', content: first.content })
  expect(refusalOf(await superbill(id))).toEqual([409, 'cancelled'])
})

test('S-03 B-20 none without a service or an amount, a diagnosis, or a provider with an NPI', async () => {
  const nothing = await known()
  await desk.complete(nothing, { lineItems: [] })
  expect(refusalOf(await superbill(await billId(nothing)))).toEqual([409, 'not_eligible'])
  const free = await known()
  await desk.complete(free, { lineItems: [lineItem('90834', 0)] })
  expect(refusalOf(await superbill(await billId(free)))).toEqual([409, 'not_eligible'])
  const well = await known()
  await desk.complete(well, { diagnosisCodes: [] })
  expect(refusalOf(await superbill(await billId(well)))).toEqual([409, 'no_diagnosis'])
  const stranger = desk.visit()
  await desk.register(stranger.patientId)
  await desk.complete(stranger)
  expect(refusalOf(await superbill(await billId(stranger)))).toEqual([409, 'no_rendering_provider'])
  expect((await superbill(newId())).status).toBe(404)
})
