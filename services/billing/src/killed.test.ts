import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { EVENTS, ROLES } from '@praxisbus/contracts'
import { newId, openBus, openDatabase, sql } from '@praxisbus/runtime'
import { toCloudEvent } from '@praxisbus/runtime/bus/cloud-event.ts'
import type { Bus } from '@praxisbus/runtime/bus/kafka.ts'
import { openLog } from '@praxisbus/runtime/log.ts'
import {
  type Answer,
  type Api,
  api,
  database,
  type Issuer,
  issuer,
  type RunningService,
  startService,
  type TestDatabase,
  testGround,
  waitFor,
} from '@praxisbus/testing'
import { unbalanced } from './postings/watch-balance.ts'
import { lineItem, sessionOf } from './test-kit.ts'

const VISITS = 16
/** Answers between one kill and the next: seven commands a visit, so it is killed while four of them are under way. */
const ANSWERS_PER_LIFE = 25

const practiceId = newId()
const topicPrefix = `billing-${newId().slice(-8)}-`
const visits = Array.from({ length: VISITS }, () => ({
  appointmentId: newId(),
  patientId: newId(),
  practitionerId: newId(),
  encounterId: newId(),
}))
let clone: TestDatabase
let signIn: Issuer
let service: RunningService
let bus: Bus
let biller: Api

beforeAll(async () => {
  const ground = testGround()
  const brokers = ground.kafka.brokers.split(',')
  const settings = { brokers, clientId: 'others', topicPrefix, replicationFactor: 1 }
  bus = openBus(settings, openLog('others', 'silent'))
  await bus.ensureTopics(EVENTS.filter(({ owner }) => owner !== 'billing'))
  ;[clone, signIn] = await Promise.all([database('billing'), issuer()])
  service = await startService('billing', { database: clone, ground, issuer: signIn, topicPrefix })
  const practices = { [practiceId]: { roles: [], permissions: [...ROLES.owner!] } }
  biller = api(service.httpUrl, await signIn.token({ userId: 'u1', name: 'Owner', practices }))
}, 60_000)

afterAll(async () => {
  await service?.stop()
  await bus?.close()
  await signIn?.stop()
  await clone?.drop()
}, 30_000)

/** Sessions are completed and patients registered before anything is killed. */
async function publishVisits(): Promise<void> {
  const sender = bus.sender()
  for (const visit of visits) {
    const { patientId, appointmentId } = visit
    const person = {
      patientId,
      name: 'Ada Byron',
      birthDate: null,
      email: null,
      phone: null,
      addressLines: [],
      reminderConsents: { email: false, phone: false, text: false },
      diagnosisCodes: [],
    }
    const session = sessionOf(visit, { lineItems: [lineItem('90834', 15_000)] })
    for (const [topic, subject, data] of [
      ['patient.changed', patientId, person],
      ['session.completed', appointmentId, session],
    ] as const) {
      const contract = EVENTS.find((one) => one.topic === topic)!
      const time = Temporal.Now.instant()
      await sender.send([toCloudEvent(contract, { subject, version: 1, data }, { practiceId, time })])
    }
  }
  await sender.close()
}

interface Sent {
  readonly path: string
  readonly body: object
  readonly idempotencyKey: string
  readonly answer: Answer
}
const sent: Sent[] = []
let interrupted = 0

/** Sends a command until there is an answer, each time with the same key. */
async function command(path: string, body: object): Promise<Answer['body']> {
  const idempotencyKey = newId()
  const until = Date.now() + 60_000
  for (;;) {
    try {
      const answer = await biller.post(path, body, { idempotencyKey })
      if (answer.status < 500) {
        sent.push({ path, body, idempotencyKey, answer })
        if (answer.status < 300) return answer.body
        throw new Error(`${path} was refused: ${JSON.stringify(answer.body)}`)
      }
    } catch (error) {
      if (!isCut(error) || Date.now() > until) throw error
      interrupted++
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** By name: fetch throws the TypeError of another realm. */
const isCut = (error: unknown) => ['TypeError', 'TimeoutError'].includes((error as Error).name)

/** Money comes in, is applied, partly disbursed and refunded, sent out, recalled, and the bill is taken back. */
async function chain({ patientId }: (typeof visits)[number], bill: { path: string; chargeId: string }) {
  const { receiptId } = await command('/v1/receipts', { patientId, amountCents: 10_000, method: 'check' })
  const receipt = `/v1/receipts/${receiptId}`
  const applications = [{ chargeId: bill.chargeId, amountCents: 6_000 }]
  await command(`${receipt}/payments`, { applications })
  await command(`${receipt}/disbursements`, { code: 'E', amountCents: 500 })
  await command(`${receipt}/refunds`, { amountCents: 300, method: 'check', reason: 'too much' })
  const { agencyId } = await command('/v1/collection-agencies', { name: newId(), feeBasisPoints: 2_500 })
  await command(`${bill.path}/collections`, { agencyId })
  await command(`${bill.path}/recall`, { reason: 'pays us' })
  await command(`${bill.path}/reverse`, { reason: 'wrong', returnPayments: true })
  return receipt
}

test('B-13 P-02 P-07 killed again and again in the middle of postings: each command happened whole or not at all, and its key gives its answer', async () => {
  await publishVisits()
  const list = async () => (await biller.get('/v1/billing-encounters?status=posted')).body.billingEncounters
  await waitFor(async () => (await list()).length === VISITS, 60_000, 'the bills')
  const bills = new Map<string, { path: string; chargeId: string }>()
  for (const { billingEncounterId, patientId } of await list()) {
    const path = `/v1/billing-encounters/${billingEncounterId}`
    bills.set(patientId, { path, chargeId: (await biller.get(path)).body.lines[0].chargeId })
  }

  const waiting = [...visits]
  const receipts: string[] = []
  const work = Promise.all(
    [1, 2, 3, 4].map(async () => {
      for (let visit = waiting.pop(); visit; visit = waiting.pop())
        receipts.push(await chain(visit, bills.get(visit.patientId)!))
    }),
  )
  let running = true
  const end = work.finally(() => {
    running = false
  })
  let kills = 0
  for (let next = ANSWERS_PER_LIFE; running; ) {
    if (sent.length >= next) {
      await service.kill9()
      kills++
      await service.restart()
      next = sent.length + ANSWERS_PER_LIFE
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await end
  expect(kills).toBeGreaterThanOrEqual(3)
  expect(interrupted).toBeGreaterThanOrEqual(kills)

  for (const receipt of receipts)
    expect((await biller.get(receipt)).body).toMatchObject({
      receivedCents: 10_000,
      appliedCents: 0,
      disbursedCents: 500,
      refundedCents: 300,
      escrowCents: 9_200,
    })
  for (const { path } of bills.values())
    expect((await biller.get(path)).body).toMatchObject({
      status: 'unsigned',
      balanceCents: 0,
      collectionsCents: 0,
      reversedCharges: [{ chargedCents: 15_000 }],
    })
  const summary = async () => (await biller.get('/v1/ledger/summary')).body
  const before = await summary()
  expect(before).toMatchObject({ receivableCents: 0, collectionsCents: 0, escrowCents: 9_200 * VISITS })
  // charge, receipt, payment, disbursement, refund, collection, return, payment-removal, charge-reversal: once each
  expect(before.journals).toBe(9 * VISITS)
  const app = openDatabase(clone.appUrl, { max: 2 })
  const relay = openDatabase(clone.relayUrl, { max: 1 })
  try {
    expect(await unbalanced({ database: app, relay })).toEqual([])
    const told = await relay.plain((tx) =>
      tx.many<{ topic: string; count: number }>(sql`
        select topic, count(*) from outbox where topic <> 'service.changed' group by topic order by topic`),
    )
    const once = [
      'receipt.recorded',
      'payment.applied',
      'payment.removed',
      'refund.issued',
      'billing-encounter.reversed',
    ]
    for (const topic of once) expect(told).toContainEqual({ topic, count: VISITS })
  } finally {
    await Promise.all([app.close(), relay.close()])
  }

  for (const { path, body, idempotencyKey, answer } of sent) {
    const again = await biller.post(path, body, { idempotencyKey })
    expect([again.status, again.body]).toEqual([answer.status, answer.body])
  }
  expect(await summary()).toEqual(before)
}, 240_000)
