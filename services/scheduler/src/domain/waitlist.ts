import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { z } from 'zod'
import { endTime, isForward, minuteOf, time } from './booking/hours.ts'
import type { Span } from './booking/open-times.ts'
import { whichPractitioner } from './booking/request.ts'
import { date, id } from './input.ts'
import { DAY_MS, dayOf, dayText, MINUTE_MS, weekdayOf } from './recurrence/calendar.ts'
import { wallAt, type Zone } from './recurrence/zone.ts'

/** When a patient could come: days and times by the clock of the practice. */
const window = {
  firstDay: date,
  lastDay: date,
  times: z
    .array(
      z
        .strictObject({
          weekdays: z.array(z.int().min(1).max(7)).min(1).max(7).describe('1 is Monday, 7 Sunday'),
          from: time.default('00:00'),
          to: endTime.default('24:00'),
        })
        .refine(isForward, { path: ['to'], message: 'has to be after from, on the same day' }),
    )
    .max(20)
    .default([])
    .describe('All of the appointment lies within one of these; none: any time'),
}

const inOrder = ({ firstDay, lastDay }: { firstDay: string; lastDay: string }) => firstDay <= lastDay
const backward = { path: ['lastDay'], message: 'is before firstDay' }
const wanted = { serviceId: id, practitionerId: whichPractitioner.default('any'), ...window }

/** S-24: what a patient waits for. */
export const waitlistInput = z.strictObject({ patientId: id, ...wanted }).refine(inOrder, backward)
export type WaitlistInput = z.infer<typeof waitlistInput>
/** The same without the patient: an entry stays with who entered. */
export const waitlistChange = z.strictObject(wanted).refine(inOrder, backward)
export type WaitlistChange = z.infer<typeof waitlistChange>

type Window = Pick<WaitlistInput, 'firstDay' | 'lastDay' | 'times'>

/** Whether somebody could come then: it begins on one of the days, and lies within one of the times. */
export function fitsWindow({ firstDay, lastDay, times }: Window, span: Span, zone: Zone): boolean {
  const startWall = wallAt(zone, span.fromMs)
  const day = dayOf(startWall)
  const date = dayText(day)
  if (date < firstDay || date > lastDay) return false
  if (times.length === 0) return true
  const minute = (wall: number) => (wall - day * DAY_MS) / MINUTE_MS
  const [start, end] = [minute(startWall), minute(wallAt(zone, span.toMs))]
  const weekday = weekdayOf(day) + 1
  return times.some(
    ({ weekdays, from, to }) => weekdays.includes(weekday) && minuteOf(from) <= start && end <= minuteOf(to),
  )
}

/** The first whole minute from which on somebody could come for that long, within one of the free times. */
export function earliestFit(
  window: Window,
  free: readonly Span[],
  lengthMs: number,
  zone: Zone,
): number | undefined {
  for (const { fromMs, toMs } of free)
    for (let start = Math.ceil(fromMs / MINUTE_MS) * MINUTE_MS; start + lengthMs <= toMs; start += MINUTE_MS)
      if (fitsWindow(window, { fromMs: start, toMs: start + lengthMs }, zone)) return start
  return undefined
}

/** What is left of a time besides what is taken. Taken: in the order of its beginning. */
export function freeWithin({ fromMs, toMs }: Span, taken: readonly Span[]): Span[] {
  const free: Span[] = []
  let from = fromMs
  for (const span of taken) {
    if (span.fromMs > from) free.push({ fromMs: from, toMs: Math.min(span.fromMs, toMs) })
    from = Math.max(from, span.toMs)
    if (from >= toMs) return free
  }
  return [...free, { fromMs: from, toMs }]
}

/** An offer that leaves less time to answer is none. */
export const LEAST_OFFER_MS = 5 * MINUTE_MS
/** So nothing is offered that begins sooner. */
export const LEAST_LEAD_MS = 2 * LEAST_OFFER_MS

/**
 * Until when an offer holds: as long as the practice says, but no longer than half of what is left until the start, so that there
 * is time for the next. undefined: too near to be offered.
 */
export function offerUntil(nowMs: number, startMs: number, offerMinutes: number): number | undefined {
  const forMs = Math.min(offerMinutes * MINUTE_MS, Math.floor((startMs - nowMs) / 2))
  return forMs < LEAST_OFFER_MS ? undefined : nowMs + forMs
}

/** S-24: an offer is answered once, before it expires. */
export function mayAnswerOffer(
  { status, expiresAt }: { readonly status: string; readonly expiresAt: string },
  now: Temporal.Instant,
): Refusal<'offer_over' | 'offer_lapsed'> | undefined {
  if (status === 'offered' && Temporal.Instant.compare(expiresAt, now) > 0) return undefined
  if (status === 'offered' || status === 'lapsed') {
    return refuse('offer_lapsed', {
      detail: `The offer could be answered until ${expiresAt}; the time goes to the next who waits.`,
      next: 'Wait for the next offer, or book another slot.',
    })
  }
  return refuse('offer_over', {
    detail: `The offer was ${status} before.`,
    next: 'Read the entry with GET /v1/waitlist/{id}.',
  })
}

/** What can be done with an entry that still waits. */
export function mayChangeEntry({
  status,
}: {
  readonly status: string
}): Refusal<'entry_over' | 'offer_open'> | undefined {
  if (status === 'offered') {
    return refuse('offer_open', {
      detail: 'The patient has been offered a time, and has not answered yet.',
      next: 'Accept or decline the offer first, or withdraw the entry.',
    })
  }
  return stillWaits({ status })
}

export function stillWaits({ status }: { readonly status: string }): Refusal<'entry_over'> | undefined {
  if (status !== 'booked' && status !== 'withdrawn') return undefined
  return refuse('entry_over', {
    detail: status === 'booked' ? 'The patient accepted an offer.' : 'The entry was withdrawn.',
    next: 'Make a new entry with POST /v1/waitlist.',
  })
}
