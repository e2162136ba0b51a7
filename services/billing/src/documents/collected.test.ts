import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { extractText } from 'unpdf'
import { type Claim, type InsuranceDesk, openInsuranceDesk } from '../test-insurance.ts'
import { lineItem } from '../test-kit.ts'

let desk: InsuranceDesk
let agencyId: string
beforeAll(async () => {
  desk = await openInsuranceDesk()
  const agency = { name: 'Harbor', feeBasisPoints: 2_500 }
  agencyId = (await desk.biller.post('/v1/collection-agencies', agency)).body.agencyId
})
afterAll(() => desk.close())

async function done(path: string, body: object) {
  const answer = await desk.biller.post(path, body)
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body))
  return answer.body
}
type Sent = Pick<Claim, 'billingEncounterId' | 'chargeId'>
const send = ({ billingEncounterId }: Sent) =>
  done(`/v1/billing-encounters/${billingEncounterId}/collections`, { agencyId })
const recall = ({ billingEncounterId }: Sent) =>
  done(`/v1/billing-encounters/${billingEncounterId}/recall`, { reason: 'pays us' })
/** What comes to us: the agency has kept a quarter of what it collected. */
async function collect({ chargeId }: Sent, amountCents: number): Promise<void> {
  const { receiptId } = await done('/v1/receipts', { agencyId, amountCents, method: 'check' })
  await done(`/v1/receipts/${receiptId}/payments`, { applications: [{ chargeId, amountCents }] })
}
const statementOf = (patientId: string) => done(`/v1/patients/${patientId}/statements`, {})
async function textOf(documentId: string): Promise<string> {
  const { body } = await desk.biller.get(`/v1/documents/${documentId}/pdf`)
  const { text } = await extractText(new Uint8Array(body), { mergePages: true })
  return text.replace(/\s+/g, ' ')
}

describe('what an agency collected, on the patient’s documents', () => {
  test('B-13 B-20 statement, invoice and superbill count what the patient paid to the agency, its fee included', async () => {
    const visit = desk.visit()
    await desk.register(visit.patientId)
    const provider = { name: 'Dana Reyes, PhD', npi: '1999999984', practitionerId: visit.practitionerId }
    await done('/v1/rendering-providers', provider)
    await desk.complete(visit, { lineItems: [lineItem('90834', 10_000)] })
    const { billingEncounterId, lines } = await desk.bill(visit)
    const sent = { billingEncounterId, chargeId: lines[0]!.chargeId! }
    await send(sent)
    await collect(sent, 3_000)
    await recall(sent)

    const statement = await statementOf(visit.patientId)
    expect(statement.content).toMatchObject({ balanceCents: 6_000 })
    expect(statement.content.charges).toMatchObject([
      { amountCents: 10_000, paidCents: 4_000, adjustedCents: 0, collectionsCents: 0, balanceCents: 6_000 },
    ])
    expect(statement.content.charges[0].payments).toMatchObject([
      { insurer: false, agency: true, amountCents: 4_000 },
    ])
    expect(await textOf(statement.documentId)).toContain('Paid to the collection agency')

    const { documents } = (await desk.biller.get(`/v1/documents?patientId=${visit.patientId}`)).body
    const { documentId } = documents.find(({ kind }: { kind: string }) => kind === 'invoice')
    const invoice = (await desk.biller.get(`/v1/documents/${documentId}`)).body
    expect(invoice.content).toMatchObject({ paidCents: 4_000, adjustedCents: 0, balanceCents: 6_000 })

    const superbill = await done(`/v1/billing-encounters/${billingEncounterId}/superbill`, {})
    expect(superbill.content).toMatchObject({ totalCents: 10_000, paidCents: 4_000 })
  })

  test('B-13 B-20 what is with an agency is neither adjusted nor owed to us on a statement', async () => {
    const claim = await desk.claim()
    const { chargeId, patientId } = claim
    const move = (amountCents: number) =>
      done('/v1/charges/transfer', {
        from: desk.first,
        to: 'patient',
        charges: [{ chargeId, amountCents }],
      })
    await move(3_000)
    await send(claim)
    expect((await statementOf(patientId)).content).toMatchObject({ charges: [], balanceCents: 0 })
    await move(1_000)
    const { content, documentId } = await statementOf(patientId)
    expect(content).toMatchObject({ balanceCents: 1_000, insuranceCents: 6_000 })
    expect(content.charges).toMatchObject([
      { adjustedCents: 0, paidCents: 0, insuranceCents: 6_000, collectionsCents: 3_000, balanceCents: 1_000 },
    ])
    expect(await textOf(documentId)).toContain('$30.00 more is with a collection agency')
  })
})
