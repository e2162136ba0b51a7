import { type ActContext, sql } from '@praxisbus/runtime'
import { type Content, sameContent } from '../domain/google/content.ts'
import { eventIdOf } from '../domain/google/event-id.ts'
import { type GoogleEvent, seenEvent } from '../domain/google/seen.ts'
import { type GoogleFailure, isGoogleFailure } from '../domain/google/waiting.ts'
import type { Connection } from './connections.ts'
import { addLink, changeLink, type Link, linkOf, outsideOf } from './links.ts'
import { keepOutside } from './outside.ts'
import { marksOf, type OwnAppointment, ownAppointment, ownerOf, wantedThere } from './own.ts'
import { type Syncing, SyncStopped, step } from './parts.ts'
import { afterWriting } from './proposals.ts'
import { NOT_THERE, takeIn } from './take-in.ts'
import { type Window, windowOf } from './window.ts'

/** In one round, so that others get their turn. */
const AT_ONCE = 50
/** Of one appointment in one round: conflict after conflict, each settled, is somebody else writing without end. */
const MOST_TRIES = 6

interface Noted {
  readonly appointmentId: string
  readonly ids: readonly string[]
}

/** Brings to Google what was changed here, oldest first. */
export async function push(parts: Syncing, connection: Connection): Promise<void> {
  const window = windowOf(connection)
  const noted = await parts.database.read(connection.practiceId, (tx) =>
    tx.many<Noted>(sql`
      select appointment_id, array_agg(id::text) as ids from google_push
       where connection_id = ${connection.connectionId}
       group by appointment_id order by min(id) limit ${AT_ONCE}`),
  )
  for (const one of noted) {
    if (parts.stopping.aborted) return
    await pushOne(parts, connection, window, one)
  }
}

async function pushOne(parts: Syncing, connection: Connection, window: Window, noted: Noted): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const task = await step(parts, connection, (ctx) => prepare(ctx, connection, window, noted))
    if (task === 'done') return
    const answer = await send(parts, connection, task)
    if (isGoogleFailure(answer)) await keepFailure(parts, connection, window, task, answer, noted)
    else await step(parts, connection, (ctx) => keepWritten(ctx, connection, task, answer, noted))
    if (!isGoogleFailure(answer) || answer.failed === 'refused') return
  }
  throw new SyncStopped({ failed: 'away', message: 'An event was changed again and again meanwhile.' })
}

interface Task {
  readonly how: 'insert' | 'update' | 'remove'
  readonly eventId: string
  readonly etag: string | null
  readonly content: Content | null
  readonly appointmentId: string
  readonly version: number
  /** Nothing was ever sent under this id. */
  readonly first: boolean
}

/** What to ask of Google, written down before it is asked: so that it is recognised when only the answer gets lost. */
async function prepare(
  ctx: ActContext,
  connection: Connection,
  window: Window,
  noted: Noted,
): Promise<Task | 'done'> {
  const { connectionId } = connection
  const { appointmentId } = noted
  const outside = await outsideOf(ctx.tx, connectionId, appointmentId)
  if (outside) {
    await keepOutside(ctx, connection, window, outside, outside)
    return settled(ctx, noted)
  }
  const appointment = await ownAppointment(ctx.tx, appointmentId)
  const link = await linkOf(ctx.tx, connectionId, appointmentId)
  const wanted = wantedThere(connection, appointment, link?.content?.summary)
  const task = taskFor(appointmentId, appointment, link, wanted, window)
  if (task === 'done') {
    if (link) await changeLink(ctx.tx, connectionId, link, { version: appointment?.version })
    if (link && !wanted) await afterWriting(ctx.tx, appointmentId, null)
    return settled(ctx, noted)
  }
  if (!link) {
    const { eventId, content } = task
    await addLink(ctx.tx, connectionId, { eventId, origin: 'praxisbus', appointmentId, sent: [content!] })
  } else {
    const again = link.gone ? { eventId: task.eventId, generation: link.generation + 1, etag: null } : {}
    const sent = task.content ? [...(link.gone ? [] : link.sent), task.content] : link.sent
    await changeLink(ctx.tx, connectionId, link, { ...again, ...(link.gone ? { gone: false } : {}), sent })
  }
  return task
}

function taskFor(
  appointmentId: string,
  appointment: OwnAppointment | undefined,
  link: Link | undefined,
  wanted: Content | undefined,
  window: Window,
): Task | 'done' {
  const version = appointment?.version ?? 0
  const first = !link || link.gone
  const common = { appointmentId, version, first, etag: link?.etag ?? null, content: wanted ?? null }
  if (!link) {
    if (!wanted || !window.has(wanted)) return 'done'
    return { ...common, how: 'insert', eventId: eventIdOf(appointmentId, 0) }
  }
  const { eventId, gone, etag, content, sent } = link
  if (!wanted) {
    const never = etag === null && content === null && sent.length === 0
    return gone || never ? 'done' : { ...common, how: 'remove', eventId }
  }
  // Deleted there, and the people here have been asked: until they answer, or change it, it stays so.
  if (sameContent(wanted, content) && (gone || etag !== null)) return 'done'
  if (gone)
    return { ...common, how: 'insert', eventId: eventIdOf(appointmentId, link.generation + 1), etag: null }
  return { ...common, how: etag === null ? 'insert' : 'update', eventId }
}

type Written = GoogleEvent | 'removed'

async function send(
  { google, settings }: Syncing,
  connection: Connection,
  { how, eventId, etag, content, appointmentId }: Task,
): Promise<Written | GoogleFailure> {
  const { account } = connection
  // Without an etag nothing is known of what Google has: it is looked at, and settled, before it is removed.
  if (how === 'remove')
    return etag ? google.remove(account, eventId, etag) : { failed: 'conflict', message: '' }
  const event = { eventId, content: content!, marks: marksOf(settings, connection, appointmentId) }
  return how === 'insert' ? google.insert(account, event) : google.update(account, event, etag!)
}

async function keepWritten(
  ctx: ActContext,
  connection: Connection,
  task: Task,
  answer: Written,
  noted: Noted,
): Promise<void> {
  const { eventId, content, version } = task
  const after =
    answer === 'removed'
      ? { etag: null, content: null, gone: true }
      : { etag: answer.etag ?? null, content, gone: false }
  await changeLink(ctx.tx, connection.connectionId, { eventId }, { ...after, sent: [], version })
  await afterWriting(ctx.tx, task.appointmentId, content)
  await settled(ctx, noted)
  ctx.audit('appointment', task.appointmentId, `${task.how} in Google calendar`)
}

/** What was noted up to now is dealt with; what is noted meanwhile has another number. */
async function settled(ctx: ActContext, { ids }: Noted): Promise<'done'> {
  await ctx.tx.run(sql`delete from google_push where id = any(${[...ids]}::bigint[])`)
  return 'done'
}

/** What was changed there meanwhile is settled before the next try; what Google refuses for good is told and left. */
async function keepFailure(
  parts: Syncing,
  connection: Connection,
  window: Window,
  task: Task,
  failure: GoogleFailure,
  noted: Noted,
): Promise<void> {
  const { eventId, how } = task
  const { failed } = failure
  if (failed === 'refused') return drop(parts, connection, task, failure.message, noted)
  if (!['conflict', 'duplicate', 'gone'].includes(failed) || (failed === 'gone' && how === 'insert'))
    throw new SyncStopped(failure)
  if (failed === 'gone') await mustHaveCalendar(parts, connection)
  if (failed === 'gone' && how === 'remove')
    return step(parts, connection, (ctx) => keepWritten(ctx, connection, task, 'removed', noted))
  const found = failed === 'gone' ? failure : await parts.google.get(connection.account, eventId)
  if (isGoogleFailure(found) && found.failed !== 'gone') throw new SyncStopped(found)
  const seen = isGoogleFailure(found) ? undefined : seenEvent(found, 'UTC')
  if (how === 'insert' && seen?.content && typeof ownerOf(parts.settings, connection, seen) !== 'object')
    return drop(parts, connection, task, TAKEN, noted)
  await step(parts, connection, async (ctx) => {
    // An id from before the calendar was connected, deleted then: the next is taken.
    if (task.first && seen && !seen.content)
      return void (await changeLink(
        ctx.tx,
        connection.connectionId,
        { eventId },
        { gone: true, content: null },
      ))
    await takeIn(ctx, connection, window, eventId, seen ?? NOT_THERE)
  })
}

const TAKEN =
  'Another installation keeps this event in the calendar. Give each a GOOGLE_INSTANCE and a calendar of its own.'

function drop(
  parts: Syncing,
  connection: Connection,
  { eventId, version }: Task,
  lastError: string,
  noted: Noted,
): Promise<void> {
  return step(parts, connection, async (ctx) => {
    await changeLink(ctx.tx, connection.connectionId, { eventId }, { version, lastError })
    await settled(ctx, noted)
  })
}

/** A calendar that is gone answers like an event that is gone: without this all that we have would be taken for deleted. */
async function mustHaveCalendar({ google }: Syncing, { account }: Connection): Promise<void> {
  const calendar = await google.calendar(account)
  if (isGoogleFailure(calendar)) throw new SyncStopped(calendar)
}
