import { type EventTime, type GoogleEvent, instantOf, shown } from './objects.ts'

/** An instance of a recurring event: which one it is, and when. */
export interface Instance {
  readonly id: string
  readonly originalStartTime: EventTime
  readonly start: EventTime
  readonly end: EventTime
}

const MOST = 1_500
const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

/**
 * Instances of a recurring event that start before `until`. DAILY and WEEKLY with INTERVAL, COUNT, UNTIL, BYDAY, and EXDATE, at
 * the same wall time throughout: as much of RFC 5545 as tests of calendars need.
 */
export function instancesOf(event: GoogleEvent, calendarZone: string, until: Temporal.Instant): Instance[] {
  const rule = ruleOf(event.recurrence ?? [])
  const zone = event.start!.timeZone ?? calendarZone
  const allDay = event.start!.date !== undefined
  const first = allDay
    ? Temporal.PlainDate.from(event.start!.date!).toPlainDateTime()
    : instantOf(event.start!, calendarZone).toZonedDateTimeISO(zone).toPlainDateTime()
  const length = instantOf(event.end!, calendarZone).since(instantOf(event.start!, calendarZone))
  const days = allDay ? Temporal.PlainDate.from(event.start!.date!).until(event.end!.date!) : undefined
  const made: Instance[] = []
  let count = 0
  for (const local of walls(first, rule)) {
    const startsAt = local.toZonedDateTime(allDay ? calendarZone : zone).toInstant()
    if (count++ >= rule.count || Temporal.Instant.compare(startsAt, rule.until) > 0) break
    if (Temporal.Instant.compare(startsAt, until) >= 0 || made.length >= MOST) break
    const name = allDay
      ? local.toPlainDate().toString().replaceAll('-', '')
      : startsAt.toString({ smallestUnit: 'second' }).replaceAll(/[-:]/g, '')
    if (rule.without.has(name)) continue
    const start = allDay
      ? { date: local.toPlainDate().toString() }
      : shown({ dateTime: startsAt.toString(), timeZone: zone }, calendarZone)
    const end = days
      ? { date: local.toPlainDate().add(days).toString() }
      : shown({ dateTime: startsAt.add(length).toString(), timeZone: zone }, calendarZone)
    made.push({ id: `${event.id}_${name}`, originalStartTime: start, start, end })
  }
  return made
}

interface Rule {
  readonly weekly: boolean
  readonly interval: number
  readonly count: number
  readonly until: Temporal.Instant
  readonly days: readonly number[]
  readonly without: ReadonlySet<string>
}

const FAR = Temporal.Instant.from('2200-01-01T00:00:00Z')

function ruleOf(lines: readonly string[]): Rule {
  const text = lines.find((line) => line.startsWith('RRULE:'))?.slice('RRULE:'.length) ?? 'FREQ=DAILY;COUNT=1'
  const parts = Object.fromEntries(text.split(';').map((part) => part.split('=') as [string, string]))
  const without = lines
    .filter((line) => line.startsWith('EXDATE'))
    .flatMap((line) => line.split(':')[1]!.split(','))
  return {
    weekly: parts.FREQ === 'WEEKLY',
    interval: Number(parts.INTERVAL ?? 1),
    count: Number(parts.COUNT ?? Number.POSITIVE_INFINITY),
    until: parts.UNTIL ? Temporal.Instant.from(parts.UNTIL) : FAR,
    days: parts.BYDAY ? parts.BYDAY.split(',').map((day) => DAYS.indexOf(day) + 1) : [],
    without: new Set(without),
  }
}

function* walls(first: Temporal.PlainDateTime, rule: Rule): Generator<Temporal.PlainDateTime> {
  if (!rule.weekly) for (let at = first; ; at = at.add({ days: rule.interval })) yield at
  const days = rule.days.length > 0 ? rule.days : [first.dayOfWeek]
  const monday = first.subtract({ days: first.dayOfWeek - 1 })
  for (let week = monday; ; week = week.add({ weeks: rule.interval }))
    for (const day of days.toSorted((one, other) => one - other)) {
      const at = week.add({ days: day - 1 })
      if (Temporal.PlainDateTime.compare(at, first) >= 0) yield at
    }
}
