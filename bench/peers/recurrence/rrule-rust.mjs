import { DateTime, RRuleSet } from 'rrule-rust'

/** npm `rrule-rust`. Its cache is off, as ours has none. */
export function prepare({ start, timeZone, rule }) {
  const series = RRuleSet.fromString(`DTSTART;TZID=${timeZone}:${start}\nRRULE:${rule}`)
  series.cache.disable()
  return ({ fromMs, toMs }) =>
    series
      .between(DateTime.fromTimestamp(fromMs), DateTime.fromTimestamp(toMs), true)
      .map((at) => at.toTimestamp())
}
