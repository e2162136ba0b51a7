import { isRefusal, type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { z } from 'zod'

/** A wall-clock minute: any valid minute of 1970 to 2199 (S-08). */
export const localMinute = z
  .string()
  .regex(
    /^(19[7-9]\d|2[01]\d\d)-\d\d-\d\dT\d\d:\d\d$/,
    'must be a local time such as 2026-03-05T09:10, from 1970 to 2199',
  )
  .refine(isOnCalendar, 'is not a time of the calendar')

/** Which of two equal wall times: the one before the clock was set back, or the one after. */
export const fold = z.enum(['earlier', 'later'])
export type Fold = z.infer<typeof fold>

export interface TimeWarning {
  readonly code: 'skipped_local_time' | 'doubled_local_time'
  readonly field: 'start' | 'end'
  readonly detail: string
}

export interface LocalMoment {
  /** What the clock shows at that instant, YYYY-MM-DDTHH:MM. */
  readonly local: string
  readonly fold: Fold
  readonly instant: Temporal.Instant
}

export interface SessionTimes {
  readonly start: LocalMoment
  readonly end: LocalMoment
  readonly timeZone: string
  readonly warnings: readonly TimeWarning[]
}

/** Both as an appointment keeps them. */
export function keptTimes({ start, end }: Pick<SessionTimes, 'start' | 'end'>) {
  return {
    startLocal: start.local,
    endLocal: end.local,
    startFold: start.fold,
    endFold: end.fold,
    startsAt: start.instant.toString(),
    endsAt: end.instant.toString(),
  }
}

const LONGEST_HOURS = 24

/**
 * The instants of wall times in a zone, as RFC 5545 (3.3.5) reads them: a time that the clock skips moves forward by the
 * length of the gap; of a time that it shows twice the first is meant, unless the caller says which. What was decided for
 * the caller is told as a warning. Refuses `end_not_after_start` and `too_long` (24 h of real time). Mission S-08.
 */
export function sessionTimes(asked: {
  readonly start: string
  readonly end: string
  readonly timeZone: string
  readonly startFold?: Fold
  readonly endFold?: Fold
}): SessionTimes | Refusal<'end_not_after_start' | 'too_long'> {
  const { timeZone } = asked
  const start = resolveLocal(asked.start, timeZone, 'start', asked.startFold)
  const end = resolveLocal(asked.end, timeZone, 'end', asked.endFold)
  const wrong = checkLength(start, end)
  if (isRefusal(wrong)) return wrong
  const warnings = [start.warning, end.warning].filter((warning) => warning !== undefined)
  return { start: momentOf(start), end: momentOf(end), timeZone, warnings }
}

interface Resolved extends LocalMoment {
  readonly warning?: TimeWarning
}

/** One wall time in one zone. */
export function resolveLocal(
  asked: string,
  timeZone: string,
  field: 'start' | 'end',
  choice?: Fold,
): Resolved {
  const wall = Temporal.PlainDateTime.from(asked)
  const earlier = wall.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  const later = wall.toZonedDateTime(timeZone, { disambiguation: 'later' })
  const moment = (at: Temporal.ZonedDateTime, fold: Fold) => ({
    local: at.toPlainDateTime().toString({ smallestUnit: 'minute' }),
    fold,
    instant: at.toInstant(),
  })
  if (earlier.epochNanoseconds === later.epochNanoseconds) return moment(earlier, 'earlier')
  // In a gap `earlier` goes back before the clock change and `later` goes forward by its length.
  const skipped = !earlier.toPlainDateTime().equals(wall)
  if (skipped) {
    const shown = moment(later, 'earlier')
    return {
      ...shown,
      warning: {
        code: 'skipped_local_time',
        field,
        detail: `${asked} does not exist in ${timeZone}: the clock is set forward over it. It became ${shown.local}.`,
      },
    }
  }
  const chosen = choice ?? 'earlier'
  const shown = moment(chosen === 'later' ? later : earlier, chosen)
  if (choice) return shown
  return {
    ...shown,
    warning: {
      code: 'doubled_local_time',
      field,
      detail: `${asked} happens twice in ${timeZone}, because the clock is set back. The first one was taken (${shown.instant}); send ambiguousTime "later" for the second.`,
    },
  }
}

function checkLength(
  start: Resolved,
  end: Resolved,
): Refusal<'end_not_after_start' | 'too_long'> | undefined {
  if (Temporal.Instant.compare(end.instant, start.instant) <= 0) {
    const moved = start.warning ? ` (${start.warning.detail})` : ''
    return refuse('end_not_after_start', {
      field: 'end',
      detail: `The end, ${end.local}, is not after the start, ${start.local}${moved}.`,
      next:
        end.warning?.code === 'doubled_local_time'
          ? 'Send a later end, or endAmbiguousTime "later" for the second time the clock shows it.'
          : 'Send an end that is after the start.',
    })
  }
  if (end.instant.since(start.instant).total('hours') > LONGEST_HOURS) {
    return refuse('too_long', {
      field: 'end',
      detail: `An appointment lasts ${LONGEST_HOURS} hours at most.`,
      next: 'Send an end within 24 hours of the start; make several appointments for longer stays.',
    })
  }
  return undefined
}

function momentOf({ local, fold, instant }: Resolved): LocalMoment {
  return { local, fold, instant }
}

function isOnCalendar(text: string): boolean {
  try {
    Temporal.PlainDateTime.from(text, { overflow: 'reject' })
    return true
  } catch (error) {
    if ((error as Error).name === 'RangeError') return false
    throw error
  }
}
