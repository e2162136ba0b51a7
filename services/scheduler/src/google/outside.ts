import { type ActContext, sql } from '@praxisbus/runtime'
import { type LockedRecord, lockRecords } from '../appointment-rows.ts'
import { type Content, canonical } from '../domain/google/content.ts'
import { type Piece, piecesOf } from '../domain/google/pieces.ts'
import { findPractice } from '../practice.ts'
import { type BlockFields, changeBlock, makeBlock, removeBlock, showAsOf } from './busy-blocks.ts'
import type { Connection } from './connections.ts'
import { addLink, changeLink, type Link } from './links.ts'

/** An event that was made in Google, as staff may see it; content null: it is gone there. */
export interface Outside {
  readonly eventId: string
  readonly etag: string | null
  readonly content: Content | null
}

/**
 * Makes our calendar say what Google says of an outside event, whatever was done to it here: Google wins. One that lasts longer
 * than a day is several appointments. With the scheduler off none is made; what stands here follows all the same.
 */
export async function keepOutside(
  ctx: ActContext,
  connection: Connection,
  window: Piece,
  link: Link | undefined,
  { eventId, etag, content }: Outside,
): Promise<void> {
  const { connectionId } = connection
  if (!link && !content) return
  if (!link) await addLink(ctx.tx, connectionId, { eventId, origin: 'google', appointmentId: null })
  const existing = await piecesHere(ctx, connectionId, eventId)
  const wanted = content ? piecesOf(content, content.timeZone, window) : []
  // What lies before the window is history: it stays as it was, unless the event is gone.
  const current = content ? existing.filter((piece) => reaches(piece, window)) : existing
  const kept = wanted.length > current.length && !(await usesCalendar(ctx)) ? current.length : wanted.length
  await match(ctx, connection, eventId, current, wanted.slice(0, kept), content)
  await changeLink(ctx.tx, connectionId, { eventId }, { etag, content, gone: content === null })
}

const usesCalendar = async ({ tx }: ActContext) => (await findPractice(tx))?.products.scheduler === true

async function match(
  ctx: ActContext,
  connection: Connection,
  eventId: string,
  existing: readonly LockedRecord[],
  wanted: readonly Piece[],
  content: Content | null,
): Promise<void> {
  for (const record of existing.slice(wanted.length)) {
    await removeBlock(ctx, record)
    await ctx.tx.run(sql`delete from google_event_piece where appointment_id = ${record.appointmentId}`)
  }
  for (const [index, piece] of wanted.entries()) {
    const { timeZone, summary: title } = content!
    const fields: BlockFields = { ...piece, timeZone, title, showAs: showAsOf(content!) }
    const record = existing[index]
    if (!record) await addPiece(ctx, connection, eventId, fields)
    else if (!isSame(record, fields, connection)) {
      await changeBlock(ctx, { ...record, practitionerId: connection.practitionerId }, fields)
    }
  }
}

async function addPiece(ctx: ActContext, connection: Connection, eventId: string, fields: BlockFields) {
  const appointmentId = await makeBlock(ctx, connection.practitionerId, fields)
  await ctx.tx.run(sql`
    insert into google_event_piece (practice_id, connection_id, event_id, appointment_id)
    values (current_practice(), ${connection.connectionId}, ${eventId}, ${appointmentId})`)
}

/** The appointments that stand for an event, in order, locked; what was deleted here stands for it no longer. */
async function piecesHere(ctx: ActContext, connectionId: string, eventId: string): Promise<LockedRecord[]> {
  const rows = await ctx.tx.many<{ appointmentId: string }>(sql`
    select appointment_id from google_event_piece where connection_id = ${connectionId} and event_id = ${eventId}`)
  if (rows.length === 0) return []
  const ids = rows.map(({ appointmentId }) => appointmentId)
  const records = await lockRecords(ctx.tx, ids)
  const dead = records.filter(({ status }) => status === 'deleted').map(({ appointmentId }) => appointmentId)
  if (dead.length > 0)
    await ctx.tx.run(sql`delete from google_event_piece where appointment_id = any(${dead}::uuid[])`)
  return records
    .filter(({ status }) => status !== 'deleted')
    .toSorted((one, other) => Temporal.Instant.compare(one.startsAt, other.startsAt))
}

const reaches = ({ endsAt }: Piece, window: Piece) => Temporal.Instant.compare(endsAt, window.startsAt) > 0

function isSame(record: LockedRecord, fields: BlockFields, { practitionerId }: Connection): boolean {
  return (
    canonical(record.startsAt) === canonical(fields.startsAt) &&
    canonical(record.endsAt) === canonical(fields.endsAt) &&
    record.title === fields.title &&
    record.showAs === fields.showAs &&
    record.practitionerId === practitionerId
  )
}
