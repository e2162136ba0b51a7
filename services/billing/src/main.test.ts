import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { EVENTS, ROLES } from '@praxisbus/contracts'
import { connectRpc, newId, openBus, type RpcClient } from '@praxisbus/runtime'
import { toCloudEvent } from '@praxisbus/runtime/bus/cloud-event.ts'
import type { Bus } from '@praxisbus/runtime/bus/kafka.ts'
import { openLog } from '@praxisbus/runtime/log.ts'
import {
  type Api,
  api,
  database,
  type Issuer,
  issuer,
  type RunningService,
  type SmtpServer,
  startService,
  startSmtp,
  type TestDatabase,
  type TopicReader,
  testGround,
  topicReader,
  waitFor,
} from '@praxisbus/testing'
import pg from 'pg'
import { lineItem, MAIL_FROM, paid, sessionOf } from './test-kit.ts'

const practiceId = newId()
const topicPrefix = `billing-${newId().slice(-8)}-`
const visit = { appointmentId: newId(), patientId: newId(), practitionerId: newId(), encounterId: newId() }
let clone: TestDatabase
let signIn: Issuer
let smtp: SmtpServer
let service: RunningService
let biller: Api
let rpc: RpcClient<'praxisbus.billing.v1.Billing'>
let principal: { token: string; practiceId: string }
let reader: TopicReader
/** Speaks for the services that own the other facts. */
let bus: Bus

beforeAll(async () => {
  const ground = testGround()
  const brokers = ground.kafka.brokers.split(',')
  bus = openBus(
    { brokers, clientId: 'others', topicPrefix, replicationFactor: 1 },
    openLog('others', 'silent'),
  )
  await bus.ensureTopics(EVENTS.filter(({ owner }) => owner !== 'billing'))
  ;[clone, signIn, smtp] = await Promise.all([database('billing'), issuer(), startSmtp()])
  service = await startService('billing', {
    database: clone,
    ground,
    issuer: signIn,
    topicPrefix,
    env: { SMTP_URL: smtp.url, MAIL_FROM },
  })
  const permissions = [...ROLES.owner!]
  const token = await signIn.token({
    userId: 'u1',
    name: 'Owner',
    practices: { [practiceId]: { roles: [], permissions } },
  })
  principal = { token, practiceId }
  biller = api(service.httpUrl, token)
  rpc = connectRpc({
    proto: 'billing.proto',
    service: 'praxisbus.billing.v1.Billing',
    address: service.grpcAddress,
  })
  reader = await topicReader(ground, {
    topicPrefix,
    topics: ['charges.posted', 'receipt.recorded', 'payment.applied'],
  })
}, 60_000)

afterAll(async () => {
  rpc?.close()
  await reader?.stop()
  await service?.stop()
  await bus?.close()
  await Promise.all([smtp?.stop(), signIn?.stop()])
  await clone?.drop()
}, 30_000)

async function publish(topic: string, subject: string, data: unknown): Promise<void> {
  const contract = EVENTS.find((one) => one.topic === topic)!
  const time = Temporal.Now.instant()
  const sender = bus.sender()
  await sender.send([toCloudEvent(contract, { subject, version: 1, data }, { practiceId, time })])
  await sender.close()
}

test('B-03 S-22 a completed session comes over Kafka, is paid, printed and emailed; peers ask over gRPC what became of it', async () => {
  const added = await biller.post('/v1/services', {
    code: '90834',
    description: 'Psychotherapy, 45 minutes',
    amountCents: 15_000,
    lengthMinutes: 45,
  })
  await publish('practice.changed', practiceId, {
    practiceId,
    name: 'Fern Street Clinic',
    timeZone: 'America/Chicago',
    products: { scheduler: true, ehr: true, billing: true, imaging: true },
  })
  await publish('patient.changed', visit.patientId, {
    patientId: visit.patientId,
    name: 'Ada Byron',
    birthDate: null,
    email: 'ada@patients.test',
    phone: null,
    addressLines: [],
    reminderConsents: { email: false, phone: false, text: false },
    diagnosisCodes: [],
  })
  await publish('appointment.checked-in', visit.appointmentId, {
    appointmentId: visit.appointmentId,
    patientId: visit.patientId,
    checkedInAt: '2026-03-02T15:00:00Z',
    copay: { amountCents: 2_500, method: 'cash', reference: null },
  })
  const { appointmentId } = visit
  const ask = () => rpc.call('GetVisitBilling', { appointmentId }, { principal })
  await waitFor(async () => (await ask()).escrowCents === 2_500, 20_000, 'the copay in escrow')
  expect(await ask()).toMatchObject({
    billStatus: 'none',
    billingEncounterId: '',
    chargedCents: 0,
    sessionTaken: false,
  })

  const services = [{ serviceId: added.body.serviceId, units: 1, modifiers: ['95'] }]
  const preview = await rpc.call('PreviewSession', { appointmentId, services }, { principal })
  expect(preview).toMatchObject({ totalCents: 15_000, escrowCents: 2_500, onlinePayment: false })
  expect(preview.lines).toMatchObject([
    { code: '90834', unitAmountCents: 15_000, priced: true, modifiers: ['95'] },
  ])
  const unknown = [{ serviceId: newId(), units: 1, modifiers: [] }]
  await expect(
    rpc.call('PreviewSession', { appointmentId, services: unknown }, { principal }),
  ).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    refusal: { field: 'services.0.serviceId' },
  })

  smtp.refuse({ at: 'data', code: 421, text: 'come back later' })
  await publish(
    'session.completed',
    appointmentId,
    sessionOf(visit, { ...paid(13_000), lineItems: [lineItem('90834', 15_000)] }),
  )
  const posted = await reader.until((message) => message.topic === 'charges.posted', 20_000)
  expect(posted.value).toMatchObject({ appointmentId, totalCents: 15_000 })
  await reader.until((message) => message.topic === 'payment.applied' && message.value.escrowCents === 500)
  expect(await ask()).toMatchObject({
    billStatus: 'posted',
    chargedCents: 15_000,
    appliedCents: 15_000,
    escrowCents: 500,
    sessionTaken: true,
    cancelled: false,
  })
  const { visits } = await rpc.call(
    'ListVisitBilling',
    { appointmentIds: [newId(), appointmentId] },
    { principal },
  )
  expect(visits).toEqual([
    expect.objectContaining({ billStatus: 'none', appliedCents: 0, escrowCents: 0 }),
    await ask(),
  ])

  const documents = async () =>
    (await biller.get(`/v1/documents?patientId=${visit.patientId}`)).body.documents
  await waitFor(async () => (await documents())[0]?.delivery?.lastError, 20_000, 'the refused email')
  expect((await documents())[0].delivery.lastError).toContain('come back later')
  smtp.refuse()
  const admin = new pg.Client({ connectionString: clone.adminUrl })
  await admin.connect()
  await admin.query('update document_delivery set next_attempt_at = now()')
  await admin.end()
  await waitFor(() => smtp.received[0], 20_000, 'the email')
  expect(smtp.received[0]).toMatchObject({ to: 'ada@patients.test', from: 'billing@fern.test' })

  const relay = new pg.Client({ connectionString: clone.relayUrl })
  await relay.connect()
  const asRelay = (text: string) => relay.query(text).then(({ rows }) => rows)
  expect(await asRelay('select practice_id from document_delivery')).toEqual([{ practice_id: practiceId }])
  for (const text of [
    'select address from document_delivery',
    'select id from document',
    'select id from patient_replica',
  ])
    await expect(asRelay(text)).rejects.toThrow('permission denied')
  await relay.end()

  const receiptId = reader.messages.find((message) => message.value.amountCents === 13_000)!.key!
  expect(await rpc.call('GetReceipt', { receiptId }, { principal })).toEqual({
    receiptId,
    receivedCents: 13_000,
    appliedCents: 12_500,
    escrowCents: 500,
    disbursedCents: 0,
    refundedCents: 0,
  })
  await expect(rpc.call('GetReceipt', { receiptId: newId() }, { principal })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
}, 90_000)

test('E-11 the EHR asks over gRPC what depends on a note before it is unlocked', async () => {
  const { appointmentId, encounterId } = visit
  const ask = (request: { encounterId: string; appointmentId: string }, who = principal) =>
    rpc.call('GetEncounterDependents', request, { principal: who })
  const found = await ask({ encounterId, appointmentId })
  expect(found).toMatchObject({
    billStatus: 'posted',
    escrowCents: 500,
    closedThrough: '',
    charges: [{ code: '90834', units: 1, chargedCents: 15_000, balanceCents: 0, inClosedPeriod: false }],
    documents: [{ kind: 'invoice' }, { kind: 'receipt' }],
  })
  expect(found.payments.map(({ amountCents }) => amountCents).sort()).toEqual([12_500, 2_500])
  const nothing = { billStatus: 'none', billingEncounterId: '', charges: [], payments: [] }
  expect(await ask({ encounterId, appointmentId: '' })).toMatchObject(nothing)
  await expect(ask({ encounterId: '', appointmentId })).rejects.toThrow('encounterId')
  const grant = { roles: [], permissions: ['visit.read' as const] }
  const token = await signIn.token({ userId: 'u', name: 'U', practices: { [practiceId]: grant } })
  await expect(ask({ encounterId, appointmentId }, { token, practiceId })).rejects.toThrow('note.unlock')
})

test('B-19 peers ask over gRPC for the proof of a batch, the entries behind it and where a balance comes from', async () => {
  const { appointmentId, patientId } = visit
  const receiptId = reader.messages.find((message) => message.value.amountCents === 13_000)!.key!
  const { batchId, escrowCents } = (await biller.get(`/v1/receipts/${receiptId}`)).body
  const dates = { effectiveThrough: '', recordedThrough: '' }
  const proof = await rpc.call('ProveBatch', { batchId, ...dates, after: '' }, { principal })
  const overHttp = (await biller.get(`/v1/reference-batches/${batchId}/proof`)).body
  expect(proof).toMatchObject({ addsUp: true, name: '', effectiveThrough: '', next: '', faults: [] })
  expect(proof.receipts).toEqual(overHttp.receipts)
  expect(proof.moved).toEqual(overHttp.moved)
  const { receivedCents, appliedCents, disbursedCents, refundedCents } = proof
  expect(receivedCents).toBe(appliedCents + proof.escrowCents + disbursedCents + refundedCents)

  const asked = { batchId, ...dates, recordedThrough: proof.recordedThrough, after: 0 }
  for (const figure of ['received', 'applied', 'escrow'] as const) {
    const { entries, next } = await rpc.call(
      'ListProofEntries',
      { ...asked, figure, receiptId: '' },
      { principal },
    )
    const total = entries.reduce((sum, { countsCents }) => sum + Number(countsCents), 0)
    expect([total, next]).toEqual([proof[`${figure}Cents`], 0])
    expect(entries.every(({ entry }) => entry!.batchId === batchId && entry!.correctsJournalId === '')).toBe(
      true,
    )
  }

  const told = await rpc.call(
    'ExplainBalance',
    { of: 'receipt', id: receiptId, ...dates, after: 0 },
    { principal },
  )
  const balance = (kind: string) => told.accounts.find((one) => one.kind === kind)!.balanceCents
  expect([balance('cash'), balance('escrow')]).toEqual([13_000, -escrowCents])
  expect(told.receipts).toMatchObject([{ receiptId, method: 'card', reference: 'auth 4711', planId: '' }])
  expect(told.charges).toMatchObject([{ appointmentId, patientId, encounterId: '', encounterNumber: 0 }])
  expect(told.entries.find(({ entry }) => entry!.journalKind === 'payment')).toMatchObject({
    paymentId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    correctedByJournalId: '',
    against: [{ accountKind: 'receivable', amountCents: -12_500 }],
  })

  const unknown = { of: 'charge', id: newId(), ...dates, after: 0 }
  await expect(rpc.call('ExplainBalance', unknown, { principal })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
  await expect(rpc.call('ExplainBalance', { ...unknown, of: 'cent' }, { principal })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    refusal: { field: 'of' },
  })
}, 30_000)
