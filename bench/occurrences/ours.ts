import { instantsBetween } from '../../services/scheduler/src/domain/recurrence/instants.ts'
import { recurrence } from '../../services/scheduler/src/domain/recurrence/seek.ts'
import { readRule } from '../../services/scheduler/src/domain/recurrence/text.ts'
import type { Ask, Series } from './work.ts'

/** With number, local start and end of each occurrence, which the peers leave to the caller. */
export function prepare({ start, timeZone, rule }: Series): Ask {
  const local = `${start.slice(0, 4)}-${start.slice(4, 6)}-${start.slice(6, 11)}:${start.slice(11, 13)}`
  const read = readRule(rule, { start: local, timeZone })
  if ('refused' in read) throw new Error(read.detail)
  const of = recurrence(read.rule, read.start)
  const session = { timeZone, wallMinutes: 50 }
  return ({ fromMs, toMs }) => instantsBetween(of, session, fromMs, toMs, 1_000).map(({ startMs }) => startMs)
}
