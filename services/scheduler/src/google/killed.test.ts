import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ROLES } from '@praxisbus/contracts'
import { newId, openDatabase, sql } from '@praxisbus/runtime'
import {
  type Api,
  api,
  database,
  type GoogleServer,
  type Issuer,
  issuer,
  type RunningService,
  startGoogle,
  startService,
  type TestDatabase,
  testGround,
  waitFor,
} from '@praxisbus/testing'
import { at, times } from '../testing/google.ts'
import { created, PRACTICE } from '../testing/office.ts'

/** Enough that the process is in the middle of them when it is killed. */
const EACH = 30
const practiceId = newId()
let clone: TestDatabase
let signIn: Issuer
let google: GoogleServer
const replicas: RunningService[] = []
let owner: Api

beforeAll(async () => {
  google = await startGoogle()
  ;[clone, signIn] = await Promise.all([database('scheduler'), issuer()])
  const env = {
    GOOGLE_CLIENT_ID: google.oauth.clientId,
    GOOGLE_CLIENT_SECRET: google.oauth.clientSecret,
    GOOGLE_TOKEN_KEY: randomBytes(32).toString('base64'),
    GOOGLE_CALENDAR_URL: google.url,
    GOOGLE_OAUTH_URL: google.oauthUrl,
    GOOGLE_POLL_SECONDS: '1',
    BILLING_GRPC: '127.0.0.1:1',
    EHR_GRPC: '127.0.0.1:1',
  }
  const topicPrefix = `t${newId().slice(-12)}.`
  const options = { database: clone, ground: testGround(), issuer: signIn, topicPrefix, env }
  replicas.push(await startService('scheduler', options), await startService('scheduler', options))
  const practices = { [practiceId]: { roles: [], permissions: ROLES.owner! } }
  owner = api(replicas[1]!.httpUrl, await signIn.token({ userId: 'u-1', name: 'Owner', practices }))
}, 90_000)

afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()))
  await signIn?.stop()
  await google?.stop()
  await clone?.drop()
}, 30_000)

const writes = () => google.requests.filter(({ call }) => /insert|patch|delete/.test(call)).length

test('S-19 two replicas, killed with -9 in the middle of a sync and started again, lose nothing and double nothing', async () => {
  created(await owner.put('/v1/practice', PRACTICE))
  const { practitionerId } = created(await owner.post('/v1/practitioners', { name: 'Dana Reyes' }))
  const { patientId } = created(await owner.post('/v1/patients', { name: 'Ada Moran' }))
  const calendar = google.calendar('dana@example.org')
  const path = `/v1/practitioners/${practitionerId}/google-calendar`
  const { refreshToken } = google.oauth.consent()
  for (let index = 0; index < EACH; index++) {
    calendar.insert({ summary: `Outside ${index}`, ...times(at(index, '12:00'), at(index, '13:00')) })
    const visit = { patientId, practitionerId, start: at(index), end: at(index, '09:50') }
    created(await owner.post('/v1/appointments', visit))
  }
  created(await owner.post(path, { refreshToken, calendarId: 'dana@example.org' }))
  for (const count of [4, 15]) {
    await waitFor(() => writes() >= count, 20_000, `${count} writes`, 5)
    await Promise.all(replicas.map((replica) => replica.kill9()))
    // A lease runs out a minute after its process died; here nobody waits for that.
    await run(sql`update google_connection set leased_until = '-infinity'`)
    await Promise.all(replicas.map((replica) => replica.restart()))
  }
  await waitFor(
    async () => {
      const { queued, lastSyncedAt } = created(await owner.get(path))
      return queued === 0 && lastSyncedAt !== null && writes() >= EACH
    },
    60_000,
    'everything to be in step',
  )
  const there = calendar.stored().filter(({ event }) => event.status !== 'cancelled')
  expect(there).toHaveLength(2 * EACH)
  expect(new Set(there.map(({ event }) => event.id)).size).toBe(2 * EACH)
  const { items } = created(await owner.get('/v1/appointments?limit=200'))
  expect(items).toHaveLength(2 * EACH)
  const titles = items.map(({ title }: { title: string | null }) => title).filter(Boolean)
  expect(new Set(titles).size).toBe(EACH)
  expect(created(await owner.get('/v1/calendar-proposals')).items).toEqual([])
}, 180_000)

async function run(statement: ReturnType<typeof sql>): Promise<void> {
  const database = openDatabase(clone.appUrl, { max: 1 })
  await database.write(practiceId, (tx) => tx.run(statement))
  await database.close()
}
