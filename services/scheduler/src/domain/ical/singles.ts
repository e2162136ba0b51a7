import { DAY_MS } from '../recurrence/calendar.ts'
import { type Skip, skip } from './event.ts'
import { MOST_PIECES, piecesOf, type Single } from './pieces.ts'
import type { Moment, ReadEvent, Reading } from './reading.ts'

/** Counts what is to be made against what a file may make, before it is computed. */
export function claim({ room }: Reading, count: number): boolean {
  room.appointments -= count
  return room.appointments >= 0
}

export const NO_ROOM = skip('too_many_appointments', 'With it the file would make too many appointments.')

/** An event that is no series, as the appointments it becomes. */
export function singlesOf(event: ReadEvent, reading: Reading): Single[] | Skip {
  const days = Math.ceil((event.endMs - event.start.ms) / DAY_MS)
  if (days <= MOST_PIECES && !claim(reading, days)) return NO_ROOM
  const pieces = piecesOf(event.start.ms, event.endMs, zoneFor(event.start, reading), event.what)
  return pieces ?? skip('too_long', `It would become more than ${MOST_PIECES} events of a day each.`)
}

/** An instant is shown by the clock of the calendar. */
export const zoneFor = ({ how, timeZone }: Moment, reading: Reading) =>
  how === 'utc' || how === 'described' ? reading.timeZone : timeZone
