import { MINUTE_MS } from '../recurrence/calendar.ts'
import { merged, type OpenTime, type Span } from './open-times.ts'

/** Time in which a practitioner cannot be booked. */
export interface Busy extends Span {
  /** Of a patient: it keeps its buffers too. A meeting has none. */
  readonly visit: boolean
}

export interface Buffers {
  readonly bufferBeforeMinutes: number
  readonly bufferAfterMinutes: number
}

/**
 * Where a slot of its own may not lie. Between two visits there is the longer of both buffers; between a visit and anything
 * else the visit's own buffer on that side. Opening hours need no buffer at their ends. In order, without overlaps.
 */
export function blockedTimes(busy: readonly Busy[], buffers: Buffers): Span[] {
  const before = buffers.bufferBeforeMinutes * MINUTE_MS
  const after = buffers.bufferAfterMinutes * MINUTE_MS
  const between = Math.max(before, after)
  const widened = busy.map(({ fromMs, toMs, visit }) =>
    visit
      ? { fromMs: fromMs - between, toMs: toMs + between }
      : { fromMs: fromMs - after, toMs: toMs + before },
  )
  return merged(widened.sort((a, b) => a.fromMs - b.fromMs))
}

/** The longest time before or after a slot in which something can block it. */
export function widestBufferMs({ bufferBeforeMinutes, bufferAfterMinutes }: Buffers): number {
  return Math.max(bufferBeforeMinutes, bufferAfterMinutes) * MINUTE_MS
}

/**
 * Starts of slots, ascending, each once: at whole steps from the beginning of a range of the opening hours, with the whole
 * length within hours and outside of what is blocked, from `fromMs` on and before `toMs`.
 */
export function slotStarts(
  open: readonly OpenTime[],
  blocked: readonly Span[],
  { stepMs, lengthMs, fromMs, toMs }: Span & { readonly stepMs: number; readonly lengthMs: number },
): number[] {
  const stretches = merged(open)
  const starts: number[] = []
  let stretch = 0
  for (const piece of open) {
    while (stretches[stretch]!.toMs < piece.toMs) stretch++
    const last = Math.min(piece.toMs - 1, stretches[stretch]!.toMs - lengthMs, toMs - 1)
    const first = firstStep(piece, stepMs, Math.max(piece.fromMs, fromMs))
    let ahead = firstEndingAfter(blocked, first)
    for (let start = first; start <= last; start += stepMs) {
      while (ahead < blocked.length && blocked[ahead]!.toMs <= start) ahead++
      const next = blocked[ahead]
      if (!next || next.fromMs >= start + lengthMs) starts.push(start)
    }
  }
  // Extra hours may overlap the weekly ones.
  return [...new Set(starts)].sort((a, b) => a - b)
}

/** Whether a slot may start then, by the hours alone: `hours` where they do not hold all of it, `step` where it is between two. */
export function hoursAllow(
  open: readonly OpenTime[],
  startMs: number,
  { stepMs, lengthMs }: { readonly stepMs: number; readonly lengthMs: number },
): 'yes' | 'hours' | 'step' {
  const whole = merged(open).some(({ fromMs, toMs }) => fromMs <= startMs && startMs + lengthMs <= toMs)
  if (!whole) return 'hours'
  const onStep = open.some(
    (piece) =>
      piece.fromMs <= startMs && startMs < piece.toMs && (startMs - piece.stepsFromMs) % stepMs === 0,
  )
  return onStep ? 'yes' : 'step'
}

export function isBlocked(blocked: readonly Span[], startMs: number, lengthMs: number): boolean {
  return blocked.some(({ fromMs, toMs }) => fromMs < startMs + lengthMs && startMs < toMs)
}

function firstStep({ stepsFromMs }: OpenTime, stepMs: number, fromMs: number): number {
  return stepsFromMs + Math.ceil((fromMs - stepsFromMs) / stepMs) * stepMs
}

function firstEndingAfter(spans: readonly Span[], ms: number): number {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (spans[middle]!.toMs <= ms) low = middle + 1
    else high = middle
  }
  return low
}
