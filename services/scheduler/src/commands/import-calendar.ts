import { createHash } from 'node:crypto'
import { type CommandContext, givingWay, isRefusal, sql, type Tx } from '@praxisbus/runtime'
import { z } from 'zod'
import type { PracticeAnswer } from '../answers.ts'
import { tellScheduled } from '../appointment-facts.ts'
import { insertAppointments } from '../appointment-rows.ts'
import { isSkip } from '../domain/ical/event.ts'
import type { Carried, Entry } from '../domain/ical/plan.ts'
import { readCalendarFile } from '../domain/ical/read.ts'
import { id } from '../domain/input.ts'
import { knownTimeZone } from '../domain/time-zone.ts'
import type { ImportedEvent } from '../ical/answer.ts'
import { type Known, keepImported, knownEvents, ownEvents } from '../ical/known.ts'
import { type Rows, rowsOf } from '../ical/records.ts'
import { lockPractitioner } from '../lookups.ts'
import { moment } from '../moment.ts'
import { overlapWarnings } from '../overlaps.ts'
import { insertSeries } from '../series/rows.ts'
import { windowsZones } from '../windows-zones.ts'

export const MOST_FILE_BYTES = 5 * 1024 * 1024
/** One statement over more would take longer than a statement may. */
const AT_ONCE = 2_000

export const importInput = z.strictObject({
  practitionerId: id.describe('Whose calendar it is'),
  dryRun: z
    .enum(['true', 'false'])
    .default('false')
    .describe('true: says what would be made, and writes nothing'),
  timeZone: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe(
      'For days and times that name no zone; default: the one that the file names, else that of the practice’s calendar',
    ),
})

/**
 * S-13, S-08: puts the events of a file of iCalendar (RFC 5545) on a practitioner's calendar as other-events, all of them or none.
 * Each event of the file is answered: made, already there, changed since it was brought, or skipped and why; and what of it was
 * lost. Refuses a file that is no calendar, ends in the middle, or is larger than one transaction should be.
 */
export async function importCalendar(
  ctx: CommandContext,
  input: z.infer<typeof importInput> & { file?: Buffer },
  practice: PracticeAnswer,
) {
  const { practitionerId } = input
  const asked = input.timeZone === undefined ? undefined : knownTimeZone(input.timeZone)
  if (isRefusal(asked)) return asked
  const file = Buffer.isBuffer(input.file) ? input.file : undefined
  const read = await readCalendarFile(file, {
    timeZone: asked,
    practiceZone: practice.timeZone,
    windows: windowsZones,
    digest,
    giveWay: givingWay(),
    now: ctx.now,
  })
  if (isRefusal(read)) return read
  // Only now: reading a large file takes a second, and others want this calendar. Who sends the same at once waits here.
  const practitioner = await lockPractitioner(ctx.tx, practitionerId)
  if (isRefusal(practitioner)) return practitioner
  const answers = await compare(ctx.tx, practitionerId, read.entries)
  const wanted = read.entries.flatMap((entry) =>
    answers.get(entry)!.outcome === 'made' ? [{ entry, carried: entry.outcome as Carried }] : [],
  )
  const rows = rowsOf(wanted, practitionerId, ctx.newId)
  const live = rows.records.filter(({ appointmentId }) => !rows.gone.has(appointmentId))
  const clashes = await overlapWarnings(ctx.tx, live)
  const dryRun = input.dryRun === 'true'
  if (!dryRun) await write(ctx, practitionerId, rows)
  const events = read.entries.map((entry) => finish(answers.get(entry)!, rows.byEntry.get(entry), dryRun))
  const count = (outcome: ImportedEvent['outcome']) =>
    events.filter((event) => event.outcome === outcome).length
  return {
    dryRun,
    timeZone: read.timeZone,
    timeZones: [...read.zones],
    made: count('made'),
    alreadyThere: count('already_there'),
    changed: count('changed'),
    skipped: count('skipped'),
    appointments: live.length,
    events,
    warnings: [...read.notes],
    clashes,
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest('base64url')

/** What each entry is to this calendar. An event that came before is left as it is here, with all its exceptions. */
async function compare(
  tx: Tx,
  practitionerId: string,
  entries: readonly Entry[],
): Promise<ReadonlyMap<Entry, ImportedEvent>> {
  const uids = entries.map(({ uid }) => uid)
  const [known, own] = await Promise.all([knownEvents(tx, practitionerId, uids), ownEvents(tx, uids)])
  return new Map(
    entries.map((entry) => [
      entry,
      { ...blank(entry), ...against(entry, known.get(entry.uid), own.get(entry.uid)) },
    ]),
  )
}

function blank({ uid, recurrenceKey, component, line, summary, notes }: Entry): ImportedEvent {
  return {
    ...{ uid, component, line, summary },
    recurrenceId: recurrenceKey || null,
    outcome: 'made',
    reason: null,
    seriesId: null,
    appointmentIds: [],
    appointments: 0,
    warnings: notes,
  }
}

function against(
  { outcome, recurrenceKey, sequence, fingerprint }: Entry,
  known: readonly Known[] | undefined,
  own: { appointmentId?: string; seriesId?: string } | undefined,
): Partial<ImportedEvent> {
  if (isSkip(outcome)) return { outcome: 'skipped', reason: { code: outcome.skip, detail: outcome.detail } }
  if (own) {
    const reason = { code: 'own_event', detail: 'It was exported from this calendar.' }
    const appointmentIds = own.appointmentId ? [own.appointmentId] : []
    return { outcome: 'already_there', reason, seriesId: own.seriesId ?? null, appointmentIds }
  }
  if (!known) return {}
  const before = known.find((one) => one.recurrenceKey === recurrenceKey)
  if (before && before.sequence === sequence && before.fingerprint === fingerprint) {
    const { seriesId, appointmentIds } = before
    const reason = { code: 'imported_before', detail: 'It was brought before, and says the same.' }
    return { outcome: 'already_there', reason, seriesId, appointmentIds: [...appointmentIds] }
  }
  const detail =
    'It was brought before, and has been changed in the other calendar since. Change it here by hand, or delete it here and enter it anew.'
  return {
    outcome: 'changed',
    reason: { code: 'changed_since', detail },
    seriesId: before?.seriesId ?? known[0]!.seriesId,
    appointmentIds: [...(before?.appointmentIds ?? [])],
  }
}

async function write(ctx: CommandContext, practitionerId: string, rows: Rows): Promise<void> {
  for (let at = 0; at < rows.series.length; at += AT_ONCE)
    await insertSeries(ctx.tx, ...rows.series.slice(at, at + AT_ONCE))
  for (let at = 0; at < rows.records.length; at += AT_ONCE) {
    const some = rows.records.slice(at, at + AT_ONCE)
    await insertAppointments(ctx.tx, some)
    for (const record of some) if (!rows.gone.has(record.appointmentId)) tellScheduled(ctx, record)
  }
  // Nobody was ever told of these: they only keep their place in the series empty.
  if (rows.gone.size > 0)
    await ctx.tx.run(sql`
      update appointment set status = 'deleted', deleted_at = ${moment(ctx.now)} where id = any(${[...rows.gone]}::uuid[])`)
  await keepImported(ctx.tx, practitionerId, moment(ctx.now), rows)
  ctx.audit('calendar', practitionerId, 'import')
}

function finish(
  event: ImportedEvent,
  made: { seriesId: string | null; ids: readonly string[]; count: number } | undefined,
  dryRun: boolean,
): ImportedEvent {
  if (!made) return event
  const ids = dryRun ? {} : { seriesId: made.seriesId, appointmentIds: [...made.ids] }
  return { ...event, ...ids, appointments: made.count }
}
