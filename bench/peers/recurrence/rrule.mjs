import rrule from 'rrule'

/** npm `rrule`. Its cache is off: it would answer a window from the list of an earlier one. */
export function prepare({ start, timeZone, rule }) {
  const [year, month, day, hour, minute] = [0, 4, 6, 9, 11].map((at, part) =>
    Number(start.slice(at, at + (part === 0 ? 4 : 2))),
  )
  const options = {
    ...rrule.RRule.parseString(rule),
    dtstart: new Date(Date.UTC(year, month - 1, day, hour, minute)),
    tzid: timeZone,
  }
  const series = new rrule.RRule(options, true)
  return ({ fromMs, toMs }) =>
    series.between(new Date(fromMs), new Date(toMs), true).map((date) => date.getTime())
}
