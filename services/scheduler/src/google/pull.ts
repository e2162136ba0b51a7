import { newId, sql } from '@praxisbus/runtime'
import type { Listed } from '../adapters/google-calendar.ts'
import { type GoogleEvent, type SeenEvent, seenEvent } from '../domain/google/seen.ts'
import { isGoogleFailure } from '../domain/google/waiting.ts'
import { type Connection, nextPull } from './connections.ts'
import { addLink, type Link, linksOf, queue } from './links.ts'
import { keepOutside } from './outside.ts'
import { ownAppointment, ownerOf } from './own.ts'
import { type Syncing, SyncStopped, step } from './parts.ts'
import { NOT_THERE, takeIn } from './take-in.ts'
import { freshWindow, isOutdated, type Window, windowOf } from './window.ts'

/** Far above any calendar: a server that pages without end is not followed. */
const MOST_PAGES = 1_000

/** One reading of a calendar. `run`: of all of it, so that what is not in it is gone. */
interface Reading {
  readonly of: Listed
  readonly window: Window
  readonly run: string | undefined
  /** Recurring events that were made of ours, looked at once. */
  readonly recurring: Set<string>
}

/**
 * Takes in what changed in Google: by the sync token, or all of the window where there is none, it has expired (410), or the
 * window has to move on. The token is kept with the last page only, so a round that breaks off is read again; what was taken
 * in before changes nothing the second time.
 */
export async function pull(parts: Syncing, connection: Connection): Promise<void> {
  const full = (): Reading => {
    const window = freshWindow(connection.claimedAt)
    return {
      of: { startsAt: window.startsAt, endsAt: window.endsAt },
      window,
      run: newId(),
      recurring: new Set(),
    }
  }
  const { syncToken } = connection
  const since =
    syncToken === null || isOutdated(connection)
      ? full()
      : { of: { syncToken }, window: windowOf(connection), run: undefined, recurring: new Set<string>() }
  const done = await readAll(parts, connection, since)
  if (done === 'full-sync') await readAll(parts, connection, full())
}

async function readAll(
  parts: Syncing,
  connection: Connection,
  reading: Reading,
): Promise<'done' | 'full-sync'> {
  let pageToken: string | undefined
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const page = await parts.google.list(connection.account, reading.of, pageToken)
    if (isGoogleFailure(page)) {
      if (page.failed === 'full-sync' && !reading.run) return 'full-sync'
      throw new SyncStopped(page)
    }
    if (page.unreadable > 0)
      parts.log.warn(
        { connectionId: connection.connectionId, events: page.unreadable },
        'events cannot be read',
      )
    await takePage(parts, connection, reading, page.events, page.timeZone)
    if (page.nextSyncToken) {
      if (reading.run) await findMissing(parts, connection, reading)
      await finish(parts, connection, reading, page.nextSyncToken)
      return 'done'
    }
    pageToken = page.nextPageToken
    if (!pageToken) break
  }
  throw new SyncStopped({ failed: 'away', message: 'Google’s list came to no end.' })
}

async function takePage(
  parts: Syncing,
  connection: Connection,
  reading: Reading,
  events: readonly GoogleEvent[],
  timeZone: string,
): Promise<void> {
  const { practiceId, connectionId } = connection
  const seen = events.map((event) => seenEvent(event, timeZone))
  const ids = seen.flatMap(({ eventId, recurringEventId }) => [
    eventId,
    ...(recurringEventId ? [recurringEventId] : []),
  ])
  const links = await parts.database.read(practiceId, (tx) => linksOf(tx, connectionId, ids))
  for (const event of seen) {
    if (parts.stopping.aborted) throw new SyncStopped({ failed: 'away', message: 'The service was stopped.' })
    await takeOne(parts, connection, reading, event, links)
  }
  const { run } = reading
  if (run)
    await step(parts, connection, (ctx) =>
      ctx.tx.run(sql`
        update google_event set seen_in = ${run}
         where connection_id = ${connectionId} and event_id = any(${seen.map(({ eventId }) => eventId)}::text[])`),
    )
}

async function takeOne(
  parts: Syncing,
  connection: Connection,
  reading: Reading,
  event: SeenEvent,
  links: ReadonlyMap<string, Link>,
): Promise<void> {
  const link = links.get(event.eventId)
  const master = event.recurringEventId === null ? undefined : links.get(event.recurringEventId)
  if (master?.origin === 'praxisbus') return lookAgain(parts, connection, reading, master.eventId)
  // A full reading looks at outside events again: more of them may lie in a window that has moved on.
  if (link?.etag && link.etag === event.etag && !(reading.run && link.origin === 'google')) return
  const owner = link ? undefined : ownerOf(parts.settings, connection, event)
  if (owner === 'another') return
  await step(parts, connection, async (ctx) => {
    if (link?.origin === 'praxisbus') return takeIn(ctx, connection, reading.window, event.eventId, event)
    if (typeof owner === 'object' && (await adoptOwn(ctx, connection, event, owner))) return
    const content = event.content && { ...event.content, summary: event.shownTitle }
    await keepOutside(ctx, connection, reading.window, link, { ...event, content })
  })
}

type Ctx = Parameters<Parameters<typeof step>[2]>[0]

/** An event of ours that nothing is known of any more, since the calendar was connected before: it is ours again. */
async function adoptOwn(
  ctx: Ctx,
  { connectionId }: Connection,
  { eventId, etag, content }: SeenEvent,
  owner: { readonly appointmentId: string; readonly generation: number },
): Promise<boolean> {
  const { appointmentId, generation } = owner
  if (!(await ownAppointment(ctx.tx, appointmentId))) return false
  const other = await ctx.tx.maybe(sql`
    select from google_event where connection_id = ${connectionId} and appointment_id = ${appointmentId}`)
  if (other) return false
  if (!content) return true
  await addLink(ctx.tx, connectionId, {
    ...{ eventId, origin: 'praxisbus', appointmentId, generation, etag, content },
  })
  await queue(ctx.tx, connectionId, appointmentId)
  return true
}

/** Somebody made one of ours recur, so the list has its instances and not itself. */
async function lookAgain(
  parts: Syncing,
  connection: Connection,
  reading: Reading,
  eventId: string,
): Promise<void> {
  if (reading.recurring.has(eventId)) return
  reading.recurring.add(eventId)
  const { google } = parts
  const found = await google.get(connection.account, eventId)
  if (isGoogleFailure(found) && found.failed !== 'gone') throw new SyncStopped(found)
  const seen = isGoogleFailure(found) ? NOT_THERE : seenEvent(found, 'UTC')
  await step(parts, connection, (ctx) => takeIn(ctx, connection, reading.window, eventId, seen))
}

/** What should have been in a full reading and was not: deleted while nobody listened. */
async function findMissing(parts: Syncing, connection: Connection, reading: Reading): Promise<void> {
  const { practiceId, connectionId } = connection
  const { window, run } = reading
  const missing = await parts.database.read(practiceId, (tx) =>
    tx.many<Pick<Link, 'eventId' | 'origin'>>(sql`
      select event_id, origin from google_event
       where connection_id = ${connectionId} and not gone and seen_in is distinct from ${run}
         and (content->>'endsAt')::timestamptz > ${window.startsAt} and (content->>'startsAt')::timestamptz < ${window.endsAt}
         and (origin = 'google' or etag is not null)`),
  )
  for (const { eventId, origin } of missing) {
    if (origin === 'praxisbus') await lookAgain(parts, connection, reading, eventId)
    else
      await step(parts, connection, async (ctx) => {
        const link = (await linksOf(ctx.tx, connectionId, [eventId])).get(eventId)
        await keepOutside(ctx, connection, window, link, { eventId, etag: null, content: null })
      })
  }
}

/** Keeps the token, and notes what has not been brought to Google although nobody noted it. */
async function finish(
  parts: Syncing,
  connection: Connection,
  { window }: Reading,
  syncToken: string,
): Promise<void> {
  const { connectionId, practitionerId } = connection
  await step(parts, connection, async ({ tx }) => {
    await tx.run(sql`
      update google_connection
         set sync_token = ${syncToken}, window_start = ${window.startsAt}, window_end = ${window.endsAt},
             last_synced_at = clock_timestamp(), pull_at = ${nextPull(connection, parts.settings.pollSeconds)}
       where id = ${connectionId}`)
    await tx.run(sql`
      insert into google_push (practice_id, connection_id, appointment_id)
      select practice_id, ${connectionId}::uuid, id from appointment
       where practitioner_id = ${practitionerId} and status in ('scheduled', 'checked-in', 'completed')
         and ends_at > ${window.startsAt} and starts_at < ${window.endsAt}
         and not exists (select from google_event where connection_id = ${connectionId} and appointment_id = appointment.id)
         and not exists (select from google_event_piece as piece where piece.appointment_id = appointment.id)
         and not exists (select from google_push as push
                          where push.connection_id = ${connectionId} and push.appointment_id = appointment.id)
       union all
      select event.practice_id, ${connectionId}::uuid, event.appointment_id from google_event as event
        join appointment on appointment.id = event.appointment_id
       where event.connection_id = ${connectionId} and event.version < appointment.version
         and not exists (select from google_push as push
                          where push.connection_id = ${connectionId} and push.appointment_id = appointment.id)`)
  })
}
