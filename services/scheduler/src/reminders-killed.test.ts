import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ROLES } from '@praxisbus/contracts'
import { type Database, newId, openDatabase, sql } from '@praxisbus/runtime'
import {
  api,
  database,
  type Issuer,
  issuer,
  type RunningService,
  type SmtpServer,
  startService,
  startSmtp,
  type TestDatabase,
  testGround,
  waitFor,
} from '@praxisbus/testing'
import { created, PRACTICE } from './testing/office.ts'

const REMINDERS = 200
/** Letters between one kill and the next. */
const LETTERS_PER_LIFE = 40
/** What one process has in hand of a channel at most: src/messages/send.ts. */
const IN_HAND = 8

const practiceId = newId()
let clone: TestDatabase
let signIn: Issuer
let smtp: SmtpServer
let tables: Database
let replicas: RunningService[] = []

beforeAll(async () => {
  ;[clone, signIn, smtp] = await Promise.all([database('scheduler'), issuer(), startSmtp()])
  tables = openDatabase(clone.appUrl, { max: 2 })
  const topicPrefix = `t${newId().slice(-12)}.`
  const start = () =>
    startService('scheduler', {
      ...{ database: clone, ground: testGround(), issuer: signIn, topicPrefix },
      peers: { billing: { grpcAddress: '127.0.0.1:1' }, ehr: { grpcAddress: '127.0.0.1:1' } },
      env: { SMTP_URL: smtp.url, MAIL_FROM: 'desk@practice.test' },
    })
  replicas = await Promise.all([start(), start()])
}, 60_000)

afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()))
  await tables?.close()
  await Promise.all([signIn?.stop(), smtp?.stop(), clone?.drop()])
})

const inTables = <T>(work: Parameters<typeof tables.write<T>>[1]) => tables.write(practiceId, work)
const counts = () =>
  inTables((tx) =>
    tx.many<{ state: string; count: number }>(
      sql`select state, count(*) from patient_message group by state`,
    ),
  ).then(
    (rows) => Object.fromEntries(rows.map(({ state, count }) => [state, count])) as Record<string, number>,
  )

/** Appointments of the day after tomorrow, so that nothing is due before all are there. */
async function schedule(): Promise<void> {
  const permissions = [...ROLES.owner!]
  const token = await signIn.token({
    userId: 'u',
    name: 'Owner',
    practices: { [practiceId]: { roles: [], permissions } },
  })
  const owner = api(replicas[0]!.httpUrl, token)
  created(await owner.put('/v1/practice', PRACTICE))
  const { practitionerId } = created(await owner.post('/v1/practitioners', { name: 'Dana Reyes' }))
  const day = Temporal.Now.plainDateISO('America/Chicago').add({ days: 3 })
  const waiting = Array.from({ length: REMINDERS }, (_, index) => index)
  await Promise.all(
    [1, 2, 3, 4].map(async () => {
      for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
        const email = `p${index}@patients.test`
        const { patientId } = created(
          await owner.post('/v1/patients', { name: `P ${index}`, email, reminderConsents: { email: true } }),
        )
        const times = { start: `${day}T09:00`, end: `${day}T10:00` }
        const reminders = [{ channel: 'email', daysAhead: 1 }]
        created(await owner.post('/v1/appointments', { patientId, practitionerId, reminders, ...times }))
      }
    }),
  )
}

test('S-10 two processes, 200 reminders due at once, killed again and again: each goes out once, or is shown as unknown', async () => {
  await schedule()
  expect(await counts()).toEqual({ waiting: REMINDERS })
  await inTables((tx) =>
    tx.run(sql`update patient_message set due_at = clock_timestamp(), next_look_at = clock_timestamp()`),
  )
  let kills = 0
  for (let next = LETTERS_PER_LIFE; next < REMINDERS; next += LETTERS_PER_LIFE) {
    await waitFor(async () => smtp.received.length >= next, 30_000, `${next} letters`)
    const replica = replicas[kills++ % 2]!
    await replica.kill9()
    await replica.restart()
  }
  await waitFor(async () => !(await counts()).waiting, 30_000, 'the last letter')
  // What was in hand stays claimed, and is let go when the claim has run out.
  await inTables((tx) =>
    tx.run(sql`update patient_message set next_look_at = clock_timestamp() where state = 'sending'`),
  )
  const settled = await waitFor(
    async () => {
      const found = await counts()
      return found.waiting || found.sending ? undefined : found
    },
    30_000,
    'every reminder to be settled',
  )
  const { sent = 0, unknown = 0 } = settled as Record<string, number>
  expect(sent + unknown).toBe(REMINDERS)
  expect(kills).toBe(4)
  expect(unknown).toBeLessThanOrEqual(kills * IN_HAND)

  const letters = Map.groupBy(smtp.received, ({ to }) => to)
  for (const { state, address } of await inTables((tx) =>
    tx.many<{ state: string; address: string }>(sql`select state, address from patient_message`),
  )) {
    const count = letters.get(address)?.length ?? 0
    if (state === 'sent') expect([address, count]).toEqual([address, 1])
    else expect(count).toBeLessThanOrEqual(1)
  }
}, 120_000)
