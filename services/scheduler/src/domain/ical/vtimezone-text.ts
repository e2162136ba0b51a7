import { WEEKDAYS } from '../recurrence/rule.ts'
import { localText } from './write.ts'

interface Change {
  /** The clock before it is set: where RFC 5545 (3.6.5) puts the onset. */
  readonly local: Temporal.PlainDateTime
  readonly from: string
  readonly to: string
  readonly daylight: boolean
}

/** So many years of a rule have to be alike before it is written as one. */
const YEARS_AHEAD = 25

/**
 * VTIMEZONE of a zone, correct from a year on: each change of the clock by itself up to the last year that is in the file, and from
 * then on as a yearly rule where the zone has one. Offsets are to the minute, as all are since 1972.
 */
export function vtimezoneLines(timeZone: string, firstYear: number, lastYear: number): string[] {
  const begin = Temporal.PlainDate.from({ year: firstYear, month: 1, day: 1 }).toZonedDateTime(timeZone)
  const changes = changesOf(begin, lastYear + YEARS_AHEAD)
  const initial = {
    local: begin.toPlainDateTime(),
    from: offsetText(begin),
    to: offsetText(begin),
    daylight: false,
  }
  const kinds = Map.groupBy(changes, ({ from, to, daylight }) => `${from} ${to} ${daylight}`)
  return [
    'BEGIN:VTIMEZONE',
    `TZID:${timeZone}`,
    ...observance([initial], undefined),
    ...[...kinds.values()].flatMap((all) => {
      const past = all.filter(({ local }) => local.year <= lastYear)
      const ahead = all.filter(({ local }) => local.year > lastYear)
      const rule = yearly(ahead)
      return [
        ...(past.length > 0 ? observance(past, undefined) : []),
        ...(ahead.length > 0 ? observance(rule ? ahead.slice(0, 1) : ahead, rule) : []),
      ]
    }),
    'END:VTIMEZONE',
  ]
}

function changesOf(begin: Temporal.ZonedDateTime, lastYear: number): Change[] {
  const changes: Change[] = []
  let before = begin
  for (
    let at = begin.getTimeZoneTransition('next');
    at && at.year <= lastYear;
    at = at.getTimeZoneTransition('next')
  ) {
    const behind = offsetText(before)
    if (behind !== offsetText(at)) {
      const local = at.toInstant().toZonedDateTimeISO(behind).toPlainDateTime()
      changes.push({
        local,
        from: behind,
        to: offsetText(at),
        daylight: at.offsetNanoseconds > before.offsetNanoseconds,
      })
    }
    before = at
  }
  return changes
}

/** `+02:00` */
const offsetText = ({ offset }: Temporal.ZonedDateTime) => offset.slice(0, 6)

function observance(changes: readonly Change[], rule: string | undefined): string[] {
  const [first, ...rest] = changes as [Change, ...Change[]]
  const kind = first.daylight ? 'DAYLIGHT' : 'STANDARD'
  const text = ({ local }: Change) => localText(local.toString())
  return [
    `BEGIN:${kind}`,
    `DTSTART:${text(first)}`,
    `TZOFFSETFROM:${first.from.replace(':', '')}`,
    `TZOFFSETTO:${first.to.replace(':', '')}`,
    ...(rule ? [rule] : []),
    ...(rest.length > 0 ? [`RDATE:${rest.map(text).join(',')}`] : []),
    `END:${kind}`,
  ]
}

/** One weekday of one month at one time, each year: counted from either end, or within seven days. */
function yearly(changes: readonly Change[]): string | undefined {
  const [first] = changes
  if (!first || changes.length < YEARS_AHEAD) return undefined
  const alike = changes.every(
    ({ local }, index) =>
      local.year === first.local.year + index &&
      local.month === first.local.month &&
      local.dayOfWeek === first.local.dayOfWeek &&
      local.toPlainTime().equals(first.local.toPlainTime()),
  )
  if (!alike) return undefined
  const weekday = WEEKDAYS[first.local.dayOfWeek - 1]!
  const days = changes.map(({ local }) => local.day)
  const nth = new Set(days.map((day) => Math.ceil(day / 7)))
  const last = changes.every(({ local }) => local.day + 7 > local.daysInMonth)
  const head = `RRULE:FREQ=YEARLY;BYMONTH=${first.local.month}`
  if (last) return `${head};BYDAY=-1${weekday}`
  if (nth.size === 1) return `${head};BYDAY=${[...nth][0]}${weekday}`
  // Others (Friday before the last Sunday) are written date by date: not every reader follows a longer rule.
  return undefined
}
