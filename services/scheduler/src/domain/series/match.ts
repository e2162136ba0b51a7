import { dayText, weekdayOf } from '../recurrence/calendar.ts'
import type { RecurrenceRule } from '../recurrence/rule.ts'
import { startDay } from './slots.ts'

/** An occurrence that is there, and a place of the new rule; both by the local time at which their rules put them. */
export interface Matched<Row, Place> {
  readonly row: Row | undefined
  readonly place: Place | undefined
}

/**
 * S-14: which occurrence goes to which place when a series is given another rule or time, so that ids survive. The chosen one
 * goes to the first place. The others stay on their day where the new rule has it (counted from the chosen one's week or
 * month), else they go to the next place of their week or month, in order. What finds no place is left over, and places that
 * nobody takes are new.
 */
export function matchOccurrences<
  Row extends { readonly occurrenceLocal: string },
  Place extends { readonly occurrenceLocal: string },
>(rows: readonly Row[], places: readonly Place[], rules: readonly RecurrenceRule[]): Matched<Row, Place>[] {
  const [anchor, first] = [rows[0], places[0]]
  if (!anchor || !first) return [...rows.map((row) => ({ row, place: undefined })), ...places.map(alone)]
  const period = periodOf(rules)
  const taken = new Map<Place, Row>([[first, anchor]])
  const rest = Map.groupBy(places.slice(1), (place) => period(place) - period(first))
  const waiting = Map.groupBy(rows.slice(1), (row) => period(row) - period(anchor))
  for (const [key, group] of waiting) {
    const free = rest.get(key) ?? []
    const sameDay = new Map(free.map((place) => [dayIn(place), place]))
    const unplaced = group.filter((row) => {
      const place = sameDay.get(dayIn(row))
      if (place) taken.set(place, row)
      return !place
    })
    const left = free.filter((place) => !taken.has(place))
    unplaced.forEach((row, index) => {
      const place = left[index]
      if (place) taken.set(place, row)
    })
  }
  const placed = new Set(taken.values())
  return [
    ...places.map((place) => ({ row: taken.get(place), place })),
    ...rows.filter((row) => !placed.has(row)).map((row) => ({ row, place: undefined })),
  ]

  /** Its day of the week or month: what stays the same when all goes on by whole weeks or months. */
  function dayIn({ occurrenceLocal }: { readonly occurrenceLocal: string }): number {
    const day = startDay(occurrenceLocal)
    return period === month ? Number(dayText(day).slice(8)) : weekdayOf(day)
  }
}

const alone = <Place>(place: Place) => ({ row: undefined, place })

type Dated = { readonly occurrenceLocal: string }
const month = ({ occurrenceLocal }: Dated) =>
  Number(occurrenceLocal.slice(0, 4)) * 12 + Number(occurrenceLocal.slice(5, 7))
const day = ({ occurrenceLocal }: Dated) => startDay(occurrenceLocal)
/** Weeks from Monday, or from where the rules say. */
const weekFrom = (weekStart: number) => (dated: Dated) => Math.floor((day(dated) + 3 - weekStart) / 7)

/** The coarsest of the rules decides. */
function periodOf(rules: readonly RecurrenceRule[]): (dated: Dated) => number {
  if (rules.some(({ frequency }) => frequency === 'monthly')) return month
  if (rules.some(({ frequency }) => frequency === 'weekly')) return weekFrom(0)
  return day
}
