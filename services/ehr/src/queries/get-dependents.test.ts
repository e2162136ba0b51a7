import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { PERMISSIONS } from '@praxisbus/contracts'
import { newId, refuse } from '@praxisbus/runtime'
import { NOTHING } from '../testing/billing-peer.ts'
import { type Clinic, openClinic, THERAPIST } from '../testing/clinic.ts'

let clinic: Clinic
beforeAll(async () => {
  clinic = await openClinic()
})
beforeEach(() => {
  Object.assign(clinic.peer, { answer: NOTHING, refusal: undefined })
  clinic.peer.asked.length = 0
})
afterAll(() => clinic.desk.close())

const dependents = (id: string, user = clinic.therapist) => user.get(`/v1/encounters/${id}/dependents`)

describe('E-11 what depends on a note', () => {
  test('E-11 shows the charges, payments, documents and closed periods that billing names', async () => {
    const { id, version } = await clinic.encounter()
    const [chargeId, receiptId, billingEncounterId] = [newId(), newId(), newId()]
    const charge = {
      chargeId,
      code: '90834',
      description: 'Psychotherapy',
      units: 1,
      chargedCents: 15_000,
      balanceCents: 5_000,
      collectionsCents: 0,
      batchDate: '2026-03-10',
      inClosedPeriod: true,
    }
    const payment = {
      ...{ paymentId: newId(), receiptId, chargeId, payerKind: 'patient', amountCents: 10_000 },
      ...{ batchDate: '2026-04-02', inClosedPeriod: false },
    }
    const document = { documentId: newId(), kind: 'invoice', number: 'INV-000001', status: 'issued' }
    clinic.peer.answer = {
      billStatus: 'posted',
      billingEncounterId,
      escrowCents: 250,
      closedThrough: '2026-03-31',
      charges: [charge],
      payments: [payment],
      documents: [document],
    }
    const answer = await dependents(id)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ encounterId: id, status: 'draft', contentVersion: 1, version })
    expect(answer.body.billing).toEqual({
      billStatus: 'posted',
      billingEncounterId,
      catchingUp: false,
      chargedCents: 15_000,
      paidCents: 10_000,
      escrowCents: 250,
      closedThrough: '2026-03-31',
      charges: [charge],
      payments: [payment],
      documents: [document],
    })
    const { appointmentId } = (await clinic.therapist.get(`/v1/encounters/${id}`)).body
    expect(clinic.peer.asked).toEqual([
      { request: { encounterId: id, appointmentId }, userId: THERAPIST.userId },
    ])
  })

  test('E-11 says that billing is catching up where a released note is not there yet', async () => {
    const { id } = await clinic.encounter()
    expect((await dependents(id)).body.billing).toMatchObject({ billStatus: 'none', catchingUp: false })
    await clinic.therapist.post(`/v1/encounters/${id}/release`, {})
    expect((await dependents(id)).body).toMatchObject({
      released: true,
      billing: { billStatus: 'none', billingEncounterId: null, closedThrough: null, catchingUp: true },
    })
  })

  test('E-11 asks nobody where the practice has no Billing', async () => {
    const { id } = await clinic.encounter()
    await clinic.use({ billing: false })
    const { body } = await dependents(id)
    await clinic.use({})
    expect(body).toMatchObject({ encounterId: id, billing: null })
    expect(clinic.peer.asked).toEqual([])
  })

  test('E-11 P-06 for those who may unlock, in their practice; a refusal of billing is told in its words', async () => {
    const { id } = await clinic.encounter()
    const others = PERMISSIONS.filter((one) => one !== 'note.unlock')
    const writer = await clinic.desk.as({ ...THERAPIST, permissions: others })
    expect((await dependents(id, writer)).status).toBe(403)
    const stranger = await clinic.desk.as({ ...THERAPIST, practiceIds: [newId()] })
    expect((await dependents(id, stranger)).status).toBe(404)
    clinic.peer.refusal = refuse('refused', { detail: 'Not today.', next: 'Ask tomorrow.' })
    const refused = await dependents(id)
    expect(refused).toMatchObject({
      status: 409,
      body: { type: 'urn:praxisbus:problem:peer_refused', next: 'Ask tomorrow.' },
    })
    expect(refused.body.detail).toContain('Not today.')
  })

  test('E-11 is 503 while billing cannot be asked, and unlocking goes all the same', async () => {
    const { id } = await clinic.encounter()
    await clinic.therapist.post(`/v1/encounters/${id}/sign`, { confirmed: true })
    await clinic.peer.stop()
    expect((await dependents(id)).status).toBe(503)
    const { version } = (await clinic.therapist.get(`/v1/encounters/${id}`)).body
    const opened = await clinic.therapist.post(
      `/v1/encounters/${id}/unlock`,
      { reason: 'Cannot wait' },
      { ifMatch: version },
    )
    expect(opened.status).toBe(200)
    await clinic.peer.start(clinic.desk.peers)
  })
})
