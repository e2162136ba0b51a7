import { randomBytes } from 'node:crypto'
import { ROLES } from '@praxisbus/contracts'
import { openSeal, sql } from '@praxisbus/runtime'
import { openLog } from '@praxisbus/runtime/log.ts'
import {
  type Api,
  type Desk,
  type EventBody,
  freePorts,
  type GoogleEvent,
  type GoogleServer,
  openDesk,
  STAND_IN_DEADLINE_MS,
  startGoogle,
} from '@praxisbus/testing'
import { connectBilling } from '../adapters/billing.ts'
import { connectEhr } from '../adapters/ehr.ts'
import { openGoogle } from '../adapters/google.ts'
import { findDue } from '../google/connections.ts'
import type { GoogleSettings } from '../google/settings.ts'
import { syncConnection } from '../google/sync.ts'
import { routes } from '../routes.ts'
import { created, PRACTICE } from './office.ts'
import { Peers } from './peers.ts'

/** Short, so that a question whose answer never comes does not hold up a test. */
const TIMEOUT_MS = 400

/** A practitioner with a calendar at Google. */
export interface Connected {
  readonly practitionerId: string
  readonly calendarId: string
  readonly refreshToken: string
}

/** A desk of the scheduler with a server of the Calendar API beside it; the worker takes a turn when the test says so. */
export interface GoogleDesk {
  readonly desk: Desk
  readonly google: GoogleServer
  readonly peers: Peers
  readonly owner: Api
  readonly patientId: string
  readonly settings: GoogleSettings
  /** A practitioner with a calendar of their own, connected. */
  connect(body?: object, timeZone?: string): Promise<Connected>
  practitioner(name?: string): Promise<string>
  /** Earlier connections are left out from now on. */
  alone(): Promise<unknown>
  /** One turn of the worker: everything that is due, with this many replicas at once. */
  turn(replicas?: number): Promise<void>
  /** What waits for later is due now: polls and pauses. */
  comesUp(): Promise<unknown>
  /** What Google has to say is asked for and taken in, and a turn goes out. */
  sync(): Promise<void>
  /** Polls and turns until nothing is due, as in the long run. */
  settle(): Promise<void>
  /** For the next test: no trouble, Google's clock is right, a practitioner just connected who is the only one. */
  anew(): Promise<Connected>
  visit(of: Connected, changes?: object): Promise<string>
  block(of: Connected, changes?: object): Promise<string>
  appointment(id: string): Promise<Record<string, unknown> & { version: number }>
  /** All that the practitioner has here and is not deleted, by start. */
  agenda(of: Connected): Promise<Agenda[]>
  /** All live events there, as a list shows them. */
  events(of: Connected): GoogleEvent[]
  put(of: Connected, body: EventBody): GoogleEvent
  connection(of: Connected): Promise<Record<string, unknown>>
  proposals(of: Connected, state?: string): Promise<Record<string, string>[]>
  close(): Promise<void>
}

export interface Agenda {
  readonly id: string
  readonly kind: string
  readonly title: string | null
  readonly showAs: string
  readonly startsAt: string
  readonly endsAt: string
  readonly start: string
  readonly end: string
  readonly timeZone: string
}

const day = Temporal.Now.plainDateISO('UTC').add({ days: 30 })
/** Days ahead of a month from now, within the window that is kept in step. */
export const onDay = (ahead: number) => day.add({ days: ahead }).toString()
export const at = (ahead: number, time = '09:00') => `${onDay(ahead)}T${time}`

export async function openGoogleDesk(changes: Partial<GoogleSettings> = {}): Promise<GoogleDesk> {
  const google = await startGoogle()
  const key = randomBytes(32)
  const settings: GoogleSettings = {
    ...{ clientId: google.oauth.clientId, clientSecret: google.oauth.clientSecret },
    ...{ calendarUrl: google.url, oauthUrl: google.oauthUrl, webhookUrl: undefined, instance: 'test' },
    ...{ pollSeconds: 300, seal: openSeal([key]), channelKey: key, ...changes },
  }
  const [billingPort, ehrPort] = (await freePorts(2)) as [number, number]
  const billing = connectBilling(`127.0.0.1:${billingPort}`, STAND_IN_DEADLINE_MS)
  const ehr = connectEhr(`127.0.0.1:${ehrPort}`, STAND_IN_DEADLINE_MS)
  const adapter = openGoogle(settings, TIMEOUT_MS)
  const part = { google: adapter, settings }
  const desk = await openDesk('scheduler', { routes: routes({ billing, ehr, google: part }), reactions: [] })
  const peers = new Peers({ billing: billingPort, ehr: ehrPort })
  await peers.start(desk.peers)
  const owner = await desk.as({ permissions: ROLES.owner! })
  created(await owner.put('/v1/practice', PRACTICE))
  const { patientId } = created(await owner.post('/v1/patients', { name: 'Ada Lovelace-Moran' }))
  const parts = () => ({
    ...{
      database: desk.database,
      google: openGoogle(settings, TIMEOUT_MS),
      settings,
      log: openLog('test', 'error'),
    },
    ...{ onFacts: () => undefined, stopping: new AbortController().signal },
  })
  const workers = [parts(), parts()]
  const { database, practiceId } = desk
  const write = (statement: ReturnType<typeof sql>) => database.write(practiceId, (tx) => tx.run(statement))
  const turn = async (replicas = 1) => {
    const due = await findDue(desk.relay)
    await Promise.all(
      workers.slice(0, replicas).flatMap((worker) => due.map((one) => syncConnection(worker, one))),
    )
  }
  const comesUp = () =>
    write(
      sql`update google_connection set pull_at = now() - interval '1 second', wait_until = '-infinity', leased_until = '-infinity'`,
    )
  let calendars = 0
  const desk2: GoogleDesk = {
    ...{ desk, google, peers, owner, patientId, settings, turn, comesUp },
    practitioner: async (name = 'Dana Reyes') =>
      created(await owner.post('/v1/practitioners', { name })).practitionerId,
    alone: () =>
      write(sql`update google_connection set state = 'reconnect_needed' where state = 'connected'`),
    connect: async (body = {}, timeZone) => {
      const practitionerId = await desk2.practitioner()
      const calendarId = `dana${++calendars}@example.org`
      google.calendar(calendarId, timeZone)
      const { refreshToken } = google.oauth.consent()
      const path = `/v1/practitioners/${practitionerId}/google-calendar`
      created(await owner.post(path, { refreshToken, calendarId, ...body }))
      return { practitionerId, calendarId, refreshToken }
    },
    sync: async () => {
      await comesUp()
      await turn()
    },
    anew: async () => {
      google.trouble()
      google.shiftClock({ seconds: 0 })
      peers.reset()
      await desk2.alone()
      const connected = await desk2.connect()
      await desk2.settle()
      return connected
    },
    settle: async () => {
      for (let round = 0; round < 12; round++) {
        await comesUp()
        await turn()
        const { left } = await database.read(practiceId, (tx) =>
          tx.one<{ left: number }>(sql`select count(*)::int as left from google_push`),
        )
        if (left === 0 && round > 0) return
      }
    },
    visit: async ({ practitionerId }, changes = {}) => {
      const body = { patientId, practitionerId, start: at(0), end: at(0, '09:50'), ...changes }
      return created(await owner.post('/v1/appointments', body)).appointmentId
    },
    block: async ({ practitionerId }, changes = {}) => {
      const body = {
        kind: 'other-event',
        title: 'Team meeting',
        practitionerId,
        start: at(0),
        end: at(0, '10:00'),
      }
      return created(await owner.post('/v1/appointments', { ...body, ...changes })).appointmentId
    },
    appointment: async (id) => created(await owner.get(`/v1/appointments/${id}`)),
    agenda: ({ practitionerId }) =>
      database.read(practiceId, (tx) =>
        tx.many<Agenda>(sql`
          select id, kind, title, show_as, starts_at, ends_at, to_char(start_local, 'YYYY-MM-DD"T"HH24:MI') as start,
                 to_char(end_local, 'YYYY-MM-DD"T"HH24:MI') as "end", time_zone
            from appointment where practitioner_id = ${practitionerId} and status not in ('deleted', 'cancelled', 'declined')
           order by starts_at, id`),
      ),
    events: ({ calendarId }) =>
      google
        .calendar(calendarId)
        .stored()
        .map(({ event }) => event)
        .filter(({ status }) => status !== 'cancelled'),
    put: ({ calendarId }, body) => google.calendar(calendarId).insert(body),
    connection: async ({ practitionerId }) =>
      created(await owner.get(`/v1/practitioners/${practitionerId}/google-calendar`)),
    proposals: async ({ practitionerId }, state = 'open') =>
      created(await owner.get(`/v1/calendar-proposals?state=${state}&practitionerId=${practitionerId}`))
        .items,
    close: async () => {
      billing.close()
      ehr.close()
      await peers.stop()
      await desk.close()
      await google.stop()
    },
  }
  return desk2
}

/** The times of an event, as the API takes them. */
export const times = (start: string, end: string, timeZone = 'America/Chicago') => ({
  start: { dateTime: `${start}:00`, timeZone },
  end: { dateTime: `${end}:00`, timeZone },
})
