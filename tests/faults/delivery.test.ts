import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Permission } from '@praxisbus/contracts'
import {
  type Api,
  api,
  database,
  type Issuer,
  issuer,
  type KafkaServer,
  type RunningService,
  startKafka,
  startService,
  type TestDatabase,
  testFolder,
  testGround,
  topicReader,
  waitFor,
} from '@praxisbus/testing'
import pg from 'pg'

/**
 * Writers change patients in the scheduler while it, the EHR and Kafka are killed. Afterwards what is committed is in the
 * topic, and nothing else; each key is in order; each fact had its effect in the EHR once (mission P-02).
 */
const practiceId = '0198a000-0000-7000-8000-0000000000c1'
const PATIENTS = 6
const FAULTS = ['ehr', 'scheduler', 'kafka', 'ehr', 'scheduler'] as const
const permissions: Permission[] = ['practice.manage', 'practice.read', 'patient.read', 'patient.write']

let signIn: Issuer
let databases: { scheduler: TestDatabase; ehr: TestDatabase }
let kafka: KafkaServer
let services: { scheduler: RunningService; ehr: RunningService }

beforeAll(async () => {
  const folder = await testFolder('kafka')
  signIn = await issuer()
  databases = { scheduler: await database('scheduler'), ehr: await database('ehr') }
  kafka = await startKafka({ dataDir: join(folder, 'data'), logFile: join(folder, 'kafka.log') })
  const ground = { ...testGround(), kafka: { brokers: kafka.brokers } }
  const env = { RATE_LIMIT_PER_MINUTE: '1000000' }
  const peers = { billing: { grpcAddress: '127.0.0.1:1' }, ehr: { grpcAddress: '127.0.0.1:1' } }
  const [scheduler, ehr] = await Promise.all([
    startService('scheduler', { database: databases.scheduler, ground, issuer: signIn, peers, env }),
    startService('ehr', { database: databases.ehr, ground, issuer: signIn, env }),
  ])
  services = { scheduler, ehr }
}, 120_000)

afterAll(async () => {
  await Promise.all(Object.values(services ?? {}).map((service) => service.stop()))
  await kafka?.stop()
  await Promise.all(Object.values(databases ?? {}).map((each) => each.drop()))
  await signIn?.stop()
}, 60_000)

const record = (round: number) => ({
  name: `Patient ${round}`,
  reminderConsents: { email: false, phone: false, text: false },
})

/** Asks again until there is an answer; a POST keeps its key, so that a lost answer costs no second effect. */
async function untilAnswered(ask: () => ReturnType<Api['get']>) {
  for (;;) {
    const answer = await ask().catch(() => undefined)
    if (answer && answer.status < 500) return answer
    await sleep(50)
  }
}

async function register(desk: Api, number: number): Promise<{ patientId: string; version: number }> {
  const answer = await untilAnswered(() =>
    desk.post('/v1/patients', record(0), { idempotencyKey: `register-${number}` }),
  )
  expect(answer.status).toBe(201)
  return answer.body
}

/** Edits one patient until told to stop; returns the last version that was acknowledged. */
async function keepEditing(desk: Api, patientId: string, stopped: () => boolean): Promise<number> {
  let acknowledged = 1
  for (let round = 1; !stopped(); round++) {
    const current = await untilAnswered(() => desk.get(`/v1/patients/${patientId}`))
    expect(current.body.version).toBeGreaterThanOrEqual(acknowledged)
    // A lost answer may have been an effect: then this is stale, which is an answer too.
    const answer = await untilAnswered(() =>
      desk.put(`/v1/patients/${patientId}`, record(round), { ifMatch: current.body.version }),
    )
    expect([200, 412]).toContain(answer.status)
    if (answer.status === 200) acknowledged = answer.body.version
    await sleep(20)
  }
  return acknowledged
}

async function rowsOf<Row>(from: TestDatabase, text: string): Promise<Row[]> {
  const client = new pg.Client(from.adminUrl)
  await client.connect()
  try {
    return (await client.query(text)).rows as Row[]
  } finally {
    await client.end()
  }
}

async function degraded(): Promise<string[]> {
  const answer = await fetch(`${services.scheduler.httpUrl}/readyz`)
  return ((await answer.json()) as { degraded: string[] }).degraded
}

test('P-02 kill -9 of services and restarts of Kafka lose, invent, reorder and double nothing', async () => {
  const desk = api(
    services.scheduler.httpUrl,
    await signIn.token({
      userId: 'clerk',
      name: 'Clerk',
      practices: { [practiceId]: { roles: [], permissions } },
    }),
  )
  await untilAnswered(() =>
    desk.put('/v1/practice', {
      name: 'Fault Practice',
      timeZone: 'America/Chicago',
      products: { scheduler: true, ehr: true, billing: false, imaging: false },
    }),
  )
  const patients = await Promise.all(Array.from({ length: PATIENTS }, (_, number) => register(desk, number)))

  let over = false
  const writers = patients.map(({ patientId }) => keepEditing(desk, patientId, () => over))
  const targets = { scheduler: services.scheduler, ehr: services.ehr, kafka }
  for (const name of FAULTS) {
    await sleep(400)
    await targets[name].kill9()
    // Without Kafka commands go on, and the service says what it is missing.
    if (name === 'kafka')
      await waitFor(async () => (await degraded()).includes('kafka'), 20_000, 'the scheduler to miss Kafka')
    await sleep(200)
    await targets[name].restart()
  }
  await sleep(500)
  over = true
  const acknowledged = await Promise.all(writers)

  const committed = await rowsOf<{ event_id: string; key: string; sequence: number }>(
    databases.scheduler,
    `select event_id, key, sequence::int from outbox where topic = 'patient.changed' order by id`,
  )
  const effects = () =>
    rowsOf<{ n: number }>(
      databases.ehr,
      `select count(*)::int as n from audit where action = 'react patient.changed'`,
    )
  await waitFor(async () => (await effects())[0]!.n >= committed.length, 60_000, 'every effect in the EHR')

  expect(await degraded()).toEqual([])

  // In the topic: all that was committed, nothing else, in order per key once repeats are left out.
  const reader = await topicReader(
    { ...testGround(), kafka: { brokers: kafka.brokers } },
    { topics: ['patient.changed'] },
  )
  const seen = () => new Set(reader.messages.map(({ headers }) => headers.ce_id))
  await waitFor(() => seen().size >= committed.length, 30_000, 'every committed fact in the topic')
  expect(seen()).toEqual(new Set(committed.map(({ event_id }) => event_id)))
  for (const [index, { patientId }] of patients.entries()) {
    const sequences = [
      ...new Map(
        reader.messages
          .filter(({ key }) => key === patientId)
          .map(({ headers }) => [headers.ce_id, Number(headers.ce_sequence)]),
      ).values(),
    ]
    expect(sequences).toEqual(Array.from({ length: sequences.length }, (_, step) => step + 1))
    expect(sequences.length).toBeGreaterThanOrEqual(acknowledged[index]!)
  }
  await reader.stop()

  // In the EHR: each effect once, and the newest state.
  expect((await effects())[0]!.n).toBe(committed.length)
  const copies = await rowsOf<{ id: string; version: number }>(
    databases.ehr,
    'select id, version::int from patient_replica',
  )
  const newest = new Map(committed.map(({ key, sequence }) => [key, sequence]))
  expect(new Map(copies.map(({ id, version }) => [id, version]))).toEqual(newest)
  expect(committed.length).toBeGreaterThan(PATIENTS * 3)
}, 180_000)
