import { canonical } from './content.ts'

export interface Piece {
  readonly startsAt: string
  readonly endsAt: string
}

/**
 * A time that is longer than an appointment can be, in pieces that end at midnight of the zone and last 24 hours at most (a day
 * on which the clock is set back has 25). Only what lies within the window is made.
 */
export function piecesOf(time: Piece, timeZone: string, window: Piece): Piece[] {
  const longest = Temporal.Instant.from(time.startsAt).add({ hours: 24 })
  if (Temporal.Instant.compare(time.endsAt, longest) <= 0)
    return meets(time, window) ? [{ startsAt: canonical(time.startsAt), endsAt: canonical(time.endsAt) }] : []
  const pieces: Piece[] = []
  const end = Temporal.Instant.from(time.endsAt)
  const last = earlier(end, Temporal.Instant.from(window.endsAt))
  let at = laterOf(Temporal.Instant.from(time.startsAt), midnightBefore(window.startsAt, timeZone))
  while (Temporal.Instant.compare(at, last) < 0) {
    const midnight = at.toZonedDateTimeISO(timeZone).toPlainDate().add({ days: 1 }).toZonedDateTime(timeZone)
    const next = earlier(earlier(midnight.toInstant(), at.add({ hours: 24 })), end)
    pieces.push({ startsAt: at.toString(), endsAt: next.toString() })
    at = next
  }
  return pieces
}

export function meets(time: Piece, window: Piece): boolean {
  return (
    Temporal.Instant.compare(time.endsAt, window.startsAt) > 0 &&
    Temporal.Instant.compare(time.startsAt, window.endsAt) < 0
  )
}

/** Whether one appointment can have this time. */
export function fitsOne({ startsAt, endsAt }: Piece): boolean {
  const year = (instant: string) => Number(instant.slice(0, 4))
  const longest = Temporal.Instant.from(startsAt).add({ hours: 24 })
  return Temporal.Instant.compare(endsAt, longest) <= 0 && year(startsAt) >= 1971 && year(endsAt) <= 2198
}

/** At midnight, so that a window that begins a little later makes the same pieces. */
function midnightBefore(instant: string, timeZone: string): Temporal.Instant {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(timeZone).startOfDay().toInstant()
}

const earlier = (one: Temporal.Instant, other: Temporal.Instant) =>
  Temporal.Instant.compare(one, other) <= 0 ? one : other
const laterOf = (one: Temporal.Instant, other: Temporal.Instant) =>
  Temporal.Instant.compare(one, other) >= 0 ? one : other
