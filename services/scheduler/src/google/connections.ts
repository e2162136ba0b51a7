import { type Database, newId, sql, type Tx } from '@praxisbus/runtime'
import type { Account } from '../adapters/google-calendar.ts'
import type { Showing } from '../domain/google/content.ts'
import type { GoogleSettings } from './settings.ts'

/** A connection that this process works on. */
export interface Connection extends Showing {
  readonly practiceId: string
  readonly connectionId: string
  readonly practitionerId: string
  readonly account: Account
  readonly syncToken: string | null
  readonly windowStart: string | null
  readonly windowEnd: string | null
  readonly channelId: string | null
  readonly channelResourceId: string | null
  readonly channelExpiresAt: string | null
  readonly attempts: number
  readonly pullDue: boolean
  /** By the database's clock. */
  readonly claimedAt: string
  readonly lease: string
}

interface Due {
  readonly practiceId: string
  readonly id: string
}

/** Longer than any one request with its time-out; renewed with each step. */
const LEASE_SECONDS = 60
const AT_ONCE = 8

/** Connections with something to fetch or to bring, of all practices. */
export function findDue(relay: Database): Promise<Due[]> {
  return relay.plain((tx) =>
    tx.many<Due>(sql`
      select practice_id, id from google_connection as connection
       where state = 'connected' and wait_until <= clock_timestamp() and leased_until <= clock_timestamp()
         and (pull_at <= clock_timestamp()
              or exists (select from google_push as push
                          where push.practice_id = connection.practice_id and push.connection_id = connection.id))
       order by wait_until, pull_at limit ${AT_ONCE}`),
  )
}

/** Takes it up, unless somebody else has: of two that come at once, one waits for the other's row and then finds it taken. */
export async function claim(tx: Tx, { practiceId, id }: Due, settings: GoogleSettings) {
  const lease = newId()
  const row = await tx.maybe<Omit<Connection, 'account'> & { calendarId: string; refreshToken: string }>(sql`
    update google_connection
       set lease = ${lease}, leased_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
     where id = ${id} and state = 'connected' and wait_until <= clock_timestamp() and leased_until <= clock_timestamp()
    returning practice_id, id as connection_id, practitioner_id, calendar_id, refresh_token, patient_shown_as, titles_shown,
              sync_token, window_start, window_end, channel_id, channel_resource_id, channel_expires_at, attempts,
              pull_at <= clock_timestamp() as pull_due, clock_timestamp() as claimed_at, lease`)
  if (!row) return undefined
  const { refreshToken, calendarId, ...rest } = row
  const account = { calendarId, refreshToken: settings.seal.open(refreshToken, sealedFor(practiceId, id)) }
  return { ...rest, account } satisfies Connection
}

/** What a token is bound to: that of one connection does not open as another's. */
export const sealedFor = (practiceId: string, connectionId: string) => `google ${practiceId} ${connectionId}`

/** Somebody else has the connection by now, or it was disconnected. */
export class LeaseLost extends Error {}

export async function holdLease(tx: Tx, { connectionId, lease }: Connection): Promise<void> {
  const held = await tx.run(sql`
    update google_connection set leased_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
     where id = ${connectionId} and lease = ${lease} and state = 'connected'`)
  if (held === 0) throw new LeaseLost()
}

/** What was said after the round began is asked for at once, the rest at its interval. */
export function nextPull({ claimedAt }: Connection, pollSeconds: number) {
  return sql`case when notified_at > ${claimedAt}::timestamptz then clock_timestamp()
                  else clock_timestamp() + make_interval(secs => ${pollSeconds}) end`
}

const RELEASED = sql`lease = null, leased_until = '-infinity'`

export function release(tx: Tx, { connectionId, lease }: Connection): Promise<number> {
  return tx.run(sql`
    update google_connection set ${RELEASED}, attempts = 0, last_error = null, wait_until = '-infinity'
     where id = ${connectionId} and lease = ${lease}`)
}

export function releaseToWait(
  tx: Tx,
  { connectionId, lease }: Connection,
  error: string,
  seconds: number,
): Promise<number> {
  return tx.run(sql`
    update google_connection
       set ${RELEASED}, attempts = attempts + 1, last_error = ${error},
           wait_until = clock_timestamp() + make_interval(secs => ${seconds})
     where id = ${connectionId} and lease = ${lease}`)
}

/** Nothing more is asked until somebody connects it again. */
export function releaseBroken(tx: Tx, { connectionId, lease }: Connection, error: string): Promise<number> {
  return tx.run(sql`
    update google_connection
       set ${RELEASED}, state = 'reconnect_needed', last_error = ${error}, version = version + 1
     where id = ${connectionId} and lease = ${lease}`)
}

/** Its token cannot be opened, so it could not even be claimed. */
export function breakUnopened(tx: Tx, id: string): Promise<number> {
  const error = 'The consent cannot be read any more: the key of this installation was changed.'
  return tx.run(sql`
    update google_connection set state = 'reconnect_needed', last_error = ${error}, version = version + 1
     where id = ${id} and state = 'connected'`)
}
