import { type ActContext, sql } from '@praxisbus/runtime'
import { type LockedRecord, lockRecords } from '../appointment-rows.ts'
import { type Content, sameContent, sameTimes } from '../domain/google/content.ts'
import { fitsOne, type Piece } from '../domain/google/pieces.ts'
import type { SeenEvent } from '../domain/google/seen.ts'
import { settle, type There } from '../domain/google/settle.ts'
import { changeBlock, removeBlock, showAsOf } from './busy-blocks.ts'
import type { Connection } from './connections.ts'
import { changeLink, type Link, linksOf, queue } from './links.ts'
import { keepOutside } from './outside.ts'
import { ownAppointment, wantedThere } from './own.ts'
import { propose, withdraw } from './proposals.ts'

/** An event of ours as Google has it now, or nothing where it is not there any more. */
export type Seen = Pick<SeenEvent, 'etag' | 'updatedAt' | 'recurring' | 'content'>
export const NOT_THERE: Seen = { etag: null, updatedAt: null, recurring: false, content: null }

/**
 * Settles what Google has of an event of ours with what we have, by the rule in domain/google/settle.ts, under the lock of the
 * appointment. Our own writes coming back are recognised: by the etag we were given, or by what we sent where no answer came.
 */
export async function takeIn(
  ctx: ActContext,
  connection: Connection,
  window: Piece,
  eventId: string,
  seen: Seen,
): Promise<void> {
  const { connectionId } = connection
  const link = (await linksOf(ctx.tx, connectionId, [eventId])).get(eventId)
  const appointmentId = link?.appointmentId
  if (!link || !appointmentId) return
  const known = seen.etag !== null && seen.etag === link.etag
  if (known || (link.gone && !seen.content)) return
  const [record] = await lockRecords(ctx.tx, [appointmentId])
  const here = await ownAppointment(ctx.tx, appointmentId)
  const base = baseOf(link, seen)
  const wanted = wantedThere(connection, here, base?.summary)
  // What its owner calls a busy block there is no difference, where its title is not ours to show.
  if (seen.content && sameContent(seen.content, wantedThere(connection, here, seen.content.summary)))
    return agree(ctx, connection, link, seen)
  const there = thereOf(seen, base)
  const outcome = settle({
    of: record?.patientId == null ? 'busy-block' : 'visit',
    here: !wanted ? 'gone' : sameContent(wanted, base) ? 'same' : 'changed',
    there,
    hereAt: await changedHereAt(ctx, connectionId, appointmentId),
    thereAt: seen.updatedAt,
    movedThere: !base || !seen.content || !sameTimes(base, seen.content),
  })
  const asSeen = { etag: seen.etag, gone: seen.content === null, sent: [] }
  switch (outcome) {
    case 'nothing':
      if (there === 'same') await withdraw(ctx.tx, appointmentId)
      return void (await changeLink(ctx.tx, connectionId, link, { ...asSeen, content: base }))
    case 'take': {
      const version = await takeHere(ctx, record!, seen.content, wanted!, connection)
      return void (await changeLink(ctx.tx, connectionId, link, {
        ...asSeen,
        content: seen.content,
        version,
      }))
    }
    case 'adopt':
      return adopt(ctx, connection, window, link, seen)
    case 'propose':
      await propose(ctx, connectionId, appointmentId, seen.content)
      return void (await changeLink(ctx.tx, connectionId, link, { ...asSeen, content: base }))
    case 'write-and-propose':
    case 'write':
      if (outcome === 'write-and-propose') await propose(ctx, connectionId, appointmentId, seen.content)
      await changeLink(ctx.tx, connectionId, link, { ...asSeen, content: writeOver(seen) })
      return void (await queue(ctx.tx, connectionId, appointmentId))
  }
}

/** What both sides started from: what we sent last where its answer was lost, else what they agreed on. */
function baseOf({ content, sent }: Link, seen: Seen): Content | null {
  const arrived = sent.findLast((one) => sameContent(one, seen.content))
  return arrived ?? content ?? sent.at(-1) ?? null
}

function thereOf({ content, recurring }: Seen, base: Content | null): There {
  if (!content) return 'gone'
  if (recurring || !fitsOne(content)) return 'unfit'
  return sameContent(content, base) ? 'same' : 'changed'
}

/** What is written next has to differ from what the link says: so that it is written although only a recurrence is wrong. */
const writeOver = ({ content, recurring }: Seen): Content | null => (recurring ? null : content)

async function agree(ctx: ActContext, connection: Connection, link: Link, seen: Seen): Promise<void> {
  const { etag, content, recurring } = seen
  await withdraw(ctx.tx, link.appointmentId!)
  await changeLink(ctx.tx, connection.connectionId, link, {
    ...{ etag, content: recurring ? null : content, sent: [], gone: false },
  })
  if (recurring) await queue(ctx.tx, connection.connectionId, link.appointmentId!)
}

/** A busy block takes Google's times, its busy or free, and its title where titles are shown. */
function takeHere(
  ctx: ActContext,
  record: LockedRecord,
  content: Content | null,
  wanted: Content,
  { titlesShown }: Connection,
): Promise<number> {
  if (!content) return removeBlock(ctx, record)
  const title = titlesShown && content.summary !== wanted.summary ? content.summary : record.title!
  const times = sameTimes(content, wanted)
    ? { startsAt: record.startsAt, endsAt: record.endsAt, timeZone: record.timeZone }
    : { startsAt: content.startsAt, endsAt: content.endsAt, timeZone: content.timeZone }
  return changeBlock(ctx, record, { ...times, title, showAs: showAsOf(content) })
}

/** Deleted here and changed there later: from now on it is Google's. */
async function adopt(
  ctx: ActContext,
  connection: Connection,
  window: Piece,
  { eventId }: Link,
  { etag, content }: Seen,
): Promise<void> {
  const { connectionId } = connection
  await ctx.tx.run(sql`
    update google_event set origin = 'google', appointment_id = null, sent = '[]'
     where connection_id = ${connectionId} and event_id = ${eventId}`)
  const link = (await linksOf(ctx.tx, connectionId, [eventId])).get(eventId)
  await keepOutside(ctx, connection, window, link, { eventId, etag, content })
}

/** As the trigger noted it; an appointment that was already brought to Google was not changed since. */
async function changedHereAt(
  ctx: ActContext,
  connectionId: string,
  appointmentId: string,
): Promise<string | null> {
  const { at } = await ctx.tx.one<{ at: string | null }>(sql`
    select max(changed_at) as at from google_push
     where connection_id = ${connectionId} and appointment_id = ${appointmentId}`)
  return at
}
