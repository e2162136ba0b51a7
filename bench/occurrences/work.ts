/** What every side is asked: a session that repeats by a rule in a zone, and windows of instants. */
export interface Series {
  /** As DTSTART has it: `20260105T090000`. */
  readonly start: string
  readonly timeZone: string
  readonly rule: string
}

export interface Window {
  readonly fromMs: number
  readonly toMs: number
}

/** Milliseconds since 1970 of each occurrence that starts in the window, in order. */
export type Ask = (window: Window) => number[]

export interface Load {
  readonly series: Series
  readonly windows: readonly Window[]
  readonly calls: number
  /** The series is read anew for each question, not once before. */
  readonly anew: boolean
}

const DAY_MS = 86_400_000

/** So many windows of so many days, each a week after the one before; none begins or ends with an occurrence. */
export function windowsFrom(local: string, count: number, days: number): Window[] {
  const first = Temporal.Instant.from(`${local}Z`).epochMilliseconds
  return Array.from({ length: count }, (_, week) => {
    const fromMs = first + 7 * week * DAY_MS
    return { fromMs, toMs: fromMs + days * DAY_MS }
  })
}

/** Questions a second: windows in turn, so that no side answers from memory what it was asked just before. */
export function measure(prepare: (series: Series) => Ask, { series, windows, calls, anew }: Load): number {
  let ask = prepare(series)
  let found = 0
  const began = performance.now()
  for (let call = 0; call < calls; call++) {
    if (anew) ask = prepare(series)
    found += ask(windows[call % windows.length]!).length
  }
  const seconds = (performance.now() - began) / 1_000
  if (found === 0) throw new Error('nothing was found')
  return calls / seconds
}
