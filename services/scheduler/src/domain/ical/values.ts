/** TEXT as RFC 5545 (3.3.11) escapes it. */
export function readText(value: string): string {
  return value.replaceAll(/\\([\\;,nN:"])/g, (_, mark: string) =>
    mark === 'n' || mark === 'N' ? '\n' : mark,
  )
}

export type When =
  | { readonly form: 'date'; readonly date: string }
  | {
      readonly form: 'time'
      /** YYYY-MM-DDTHH:MM:SS */
      readonly local: string
      readonly utc: boolean
    }

/** DATE and DATE-TIME (RFC 5545 3.3.4, 3.3.5), told apart by their form; undefined: no time of the calendar. */
export function readWhen(value: string): When | undefined {
  const [, year, month, day, hour, minute, second, utc] =
    /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?$/.exec(value.trim().toUpperCase()) ?? []
  if (!year) return undefined
  const date = `${year}-${month}-${day}`
  // A leap second is the last one of its minute.
  const local = `${date}T${hour ?? '00'}:${minute ?? '00'}:${second === '60' ? '59' : (second ?? '00')}`
  if (!isOnCalendar(local)) return undefined
  return hour === undefined ? { form: 'date', date } : { form: 'time', local, utc: utc === 'Z' }
}

function isOnCalendar(local: string): boolean {
  try {
    Temporal.PlainDateTime.from(local, { overflow: 'reject' })
    return true
  } catch (error) {
    if ((error as Error).name === 'RangeError') return false
    throw error
  }
}

/** Days by the calendar, the rest by the clock (RFC 5545 3.3.6). */
export interface Length {
  readonly days: number
  readonly seconds: number
}

const DURATION = /^([+-]?)P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?$/

export function readDuration(value: string): Length | undefined {
  const read = DURATION.exec(value.trim().toUpperCase())
  if (!read || read.slice(2).every((part) => part === undefined)) return undefined
  const [weeks, days, hours, minutes, seconds] = read.slice(2).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const sign = read[1] === '-' ? -1 : 1
  return { days: sign * (weeks * 7 + days), seconds: sign * (hours * 3600 + minutes * 60 + seconds) }
}

/** `-0500`, `+053000`; in minutes, as our times are. */
export function readOffset(value: string): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d\d)(\d\d)(?:\d\d)?$/.exec(value.trim()) ?? []
  if (!sign) return undefined
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}
