import { DAY_MS, dayOf, type WallMs } from '../recurrence/calendar.ts'
import type { Moment } from './reading.ts'

export interface Place<At> {
  readonly at: At
  readonly ms: number
  /** By the rule, in the zone of the event. */
  readonly wall: WallMs
}

/**
 * Finds the occurrence that EXDATE or RECURRENCE-ID means: at its instant; else, as programs also write them, at its local time
 * without a zone, or on its day.
 */
export function finder<At>(places: readonly Place<At>[], allDay: boolean) {
  const byInstant = new Map(places.map(({ ms, at }) => [ms, at]))
  const byWall = new Map(places.map(({ wall, at }) => [wall, at]))
  const byDay = new Map(places.toReversed().map(({ wall, at }) => [dayOf(wall), at]))
  const find = (moment: Moment): At | undefined => {
    const exact = byInstant.get(moment.ms)
    if (exact !== undefined) return exact
    if (moment.allDay || allDay) return byDay.get(Math.floor(moment.wall / DAY_MS))
    return moment.how === 'floating' ? byWall.get(moment.wall) : undefined
  }
  return Object.assign(find, { exactly: (ms: number) => byInstant.has(ms) })
}
