import { isCalledOff } from '../gone.ts'
import { ruleText } from '../recurrence/text.ts'
import { type Series, type Slot, slotsBetween } from '../series/slots.ts'
import { uidOf } from './uid.ts'
import { vtimezoneLines } from './vtimezone-text.ts'
import { escapeText, fold, localText, utcText } from './write.ts'

/** An appointment as a file shows it. */
export interface LiveRow extends Omit<Slot, 'occurrenceLocal'> {
  readonly appointmentId: string
  readonly kind: string
  readonly status: string
  readonly patientName: string | null
  readonly practitionerId: string
  readonly timeZone: string
  readonly title: string | null
  readonly showAs: string
  readonly description: string | null
  readonly seriesId: string | null
  readonly occurrenceLocal: string | null
  readonly version: number
}
export type SeriesOccurrence = LiveRow

export interface WholeSeries extends Series {
  readonly seriesId: string
  readonly madeBefore: string
  readonly patientName: string | null
  readonly details: {
    readonly practitionerId: string
    readonly title: string | null
    readonly showAs: string
    readonly kind: string
    readonly additionalInstructions: string | null
  }
  readonly version: number
  /** All of them, also those that were called off. */
  readonly occurrences: readonly SeriesOccurrence[]
}

export interface ToWrite {
  readonly rows: readonly LiveRow[]
  readonly series: readonly WholeSeries[]
  /** Where only one person's calendar is asked for. */
  readonly practitionerId: string | undefined
  readonly timeZone: string
  readonly names: boolean
  readonly stamp: string
  readonly lastYear: number
}

const MOST_SLOTS = 50_000

/** The file (RFC 5545). UIDs are the same in each, so that whoever reads two of them knows what was there before. */
export function calendarText(all: ToWrite): string {
  const inSeries = new Set<string>()
  const series = all.series.flatMap((one) => seriesLines(one, all, inSeries))
  const singles = all.rows
    .filter(({ appointmentId }) => !inSeries.has(appointmentId))
    .flatMap((row) => singleLines(row, all))
  const zones = Map.groupBy(
    [
      ...all.series.map(({ timeZone, start }) => [timeZone, start] as const),
      ...[...all.rows, ...all.series.flatMap(({ occurrences }) => occurrences)].map(
        ({ timeZone, startLocal }) => [timeZone, startLocal] as const,
      ),
    ].filter(([timeZone]) => timeZone !== 'UTC'),
    ([timeZone]) => timeZone,
  )
  return fold([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Praxisbus//Scheduler//EN',
    'CALSCALE:GREGORIAN',
    `X-WR-TIMEZONE:${all.timeZone}`,
    ...[...zones].flatMap(([timeZone, used]) => {
      const years = used.map(([, local]) => Number(local.slice(0, 4)))
      const first = years.reduce((least, year) => Math.min(least, year))
      const last = years.reduce((most, year) => Math.max(most, year), all.lastYear)
      return vtimezoneLines(timeZone, Math.max(1970, first - 1), last)
    }),
    ...series,
    ...singles,
    'END:VCALENDAR',
  ])
}

function seriesLines(series: WholeSeries, all: ToWrite, inSeries: Set<string>): string[] {
  const { seriesId, rule, start, end, timeZone, details, version, patientName, madeBefore } = series
  const uid = uidOf('series', seriesId)
  const byOccurrence = new Map(series.occurrences.map((row) => [row.occurrenceLocal!, row]))
  const out: string[] = []
  const changed: string[] = []
  const own = {
    ...details,
    patientName,
    description: details.kind === 'other-event' ? details.additionalInstructions : null,
  }
  for (const slot of slotsBetween(series, start, madeBefore, MOST_SLOTS)) {
    const row = byOccurrence.get(slot.occurrenceLocal)
    const elsewhere = row && all.practitionerId !== undefined && row.practitionerId !== all.practitionerId
    if (!row || elsewhere || isCalledOff(row.status)) {
      out.push(slot.occurrenceLocal)
      continue
    }
    inSeries.add(row.appointmentId)
    if (isAsRuled(row, slot, own)) continue
    const recurrenceId = timeLine('RECURRENCE-ID', slot.occurrenceLocal, timeZone)
    const lines = [
      recurrenceId,
      ...timesOf(row),
      ...whatLines(row, all.names),
      `SEQUENCE:${Math.max(version, row.version)}`,
    ]
    changed.push(...eventLines(uid, lines, all.stamp))
  }
  const lines = [
    timeLine('DTSTART', start, timeZone),
    timeLine('DTEND', end, timeZone),
    `RRULE:${ruleText(rule, timeZone)}`,
    ...(out.length > 0 ? [exdates(out, timeZone)] : []),
    ...whatLines({ ...own, status: 'scheduled' }, all.names),
    `SEQUENCE:${version}`,
  ]
  return [...eventLines(uid, lines, all.stamp), ...changed]
}

function isAsRuled(
  row: LiveRow,
  slot: Slot,
  own: Pick<LiveRow, 'title' | 'showAs' | 'description'>,
): boolean {
  return (
    row.startsAt === slot.startsAt &&
    row.endsAt === slot.endsAt &&
    row.title === own.title &&
    row.showAs === own.showAs &&
    row.description === own.description &&
    row.status !== 'pending'
  )
}

function singleLines(row: LiveRow, all: ToWrite): string[] {
  const lines = [...timesOf(row), ...whatLines(row, all.names), `SEQUENCE:${row.version}`]
  return eventLines(uidOf('appointment', row.appointmentId), lines, all.stamp)
}

const eventLines = (uid: string, lines: readonly string[], stamp: string) => [
  'BEGIN:VEVENT',
  `UID:${uid}`,
  `DTSTAMP:${utcText(stamp)}`,
  ...lines,
  'END:VEVENT',
]

function whatLines(
  {
    kind,
    title,
    patientName,
    showAs,
    description,
    status,
  }: Pick<LiveRow, 'kind' | 'title' | 'patientName' | 'showAs' | 'description' | 'status'>,
  names: boolean,
): string[] {
  const summary = kind === 'other-event' ? title! : names && patientName ? patientName : 'Appointment'
  return [
    `SUMMARY:${escapeText(summary)}`,
    ...(description === null ? [] : [`DESCRIPTION:${escapeText(description)}`]),
    `STATUS:${status === 'pending' ? 'TENTATIVE' : 'CONFIRMED'}`,
    `TRANSP:${showAs === 'free' ? 'TRANSPARENT' : 'OPAQUE'}`,
  ]
}

/** By the wall clock; of a time that it shows twice the second can only be said in UTC. */
function timesOf(row: LiveRow): string[] {
  const time = (name: string, local: string, foldOf: string, instant: string) =>
    foldOf === 'later' ? `${name}:${utcText(instant)}` : timeLine(name, local, row.timeZone)
  return [
    time('DTSTART', row.startLocal, row.startFold, row.startsAt),
    time('DTEND', row.endLocal, row.endFold, row.endsAt),
  ]
}

const zoned = (timeZone: string, texts: readonly string[]) =>
  timeZone === 'UTC'
    ? `:${texts.map((text) => `${text}Z`).join(',')}`
    : `;TZID=${timeZone}:${texts.join(',')}`
const timeLine = (name: string, local: string, timeZone: string) =>
  `${name}${zoned(timeZone, [localText(local)])}`
const exdates = (locals: readonly string[], timeZone: string) =>
  `EXDATE${zoned(timeZone, locals.map(localText))}`
