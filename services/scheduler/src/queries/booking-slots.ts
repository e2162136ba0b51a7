import { isRefusal, type QueryContext, refuse } from '@praxisbus/runtime'
import { z } from 'zod'
import type { PracticeAnswer } from '../answers.ts'
import { findOffering } from '../booking/offering.ts'
import { findRequest } from '../booking/requests.ts'
import { findSlots } from '../booking/search.ts'
import { slotInstant, whichPractitioner } from '../domain/booking/request.ts'
import { date, id } from '../domain/input.ts'
import { notFound } from '../lookups.ts'

const MOST_DAYS = 62
const MOST_SLOTS = 1000

export const slotsInput = z.strictObject({
  serviceId: id,
  practitionerId: whichPractitioner.default('any'),
  from: date.describe('First day, in the zone of the practice’s calendar'),
  to: date.describe(`Last day, at most ${MOST_DAYS} days later`),
  limit: z.coerce.number().int().min(1).max(MOST_SLOTS).default(200),
  after: slotInstant.optional().describe('`next` of an earlier answer'),
})
type SlotsInput = z.infer<typeof slotsInput>

/**
 * S-18: the slots that can be booked, as of now: within opening hours, clear of what keeps the practitioner and of the buffers,
 * not sooner than the notice and not beyond the furthest day. Nothing is held by looking.
 */
export async function bookingSlots(ctx: QueryContext, input: SlotsInput, practice: PracticeAnswer) {
  const span = spanOf(input, practice)
  if (isRefusal(span)) return span
  const offering = await findOffering(ctx.tx, input, practice, ctx.now)
  if (isRefusal(offering)) return offering
  const slots = await findSlots(ctx.tx, offering, span, input.limit + 1)
  ctx.audit('booking', 'slots')
  const { serviceId, lengthMinutes } = offering.service
  const last = slots[input.limit - 1]
  return {
    serviceId,
    lengthMinutes,
    timeZone: practice.timeZone,
    slots: slots.slice(0, input.limit),
    next: slots.length > input.limit ? last!.startsAt : null,
  }
}

function spanOf({ from, to, after }: SlotsInput, { timeZone }: PracticeAnswer) {
  const [first, last] = [Temporal.PlainDate.from(from), Temporal.PlainDate.from(to)]
  const days = first.until(last).days
  if (days < 0) {
    return refuse('to_before_from', {
      field: 'to',
      detail: `The last day, ${to}, is before the first, ${from}.`,
      next: 'Send a last day that is not before the first.',
    })
  }
  if (days > MOST_DAYS) {
    return refuse('too_many_days', {
      field: 'to',
      detail: `From ${from} to ${to} is more than ${MOST_DAYS} days.`,
      next: 'Search a shorter time, and go on from its end.',
    })
  }
  const midnight = (day: Temporal.PlainDate) => day.toZonedDateTime(timeZone).epochMilliseconds
  const behind = after === undefined ? 0 : Temporal.Instant.from(after).epochMilliseconds + 1
  return { fromMs: Math.max(midnight(first), behind), toMs: midnight(last.add({ days: 1 })) }
}

/** S-18: what became of a request. */
export async function getBookingRequest(ctx: QueryContext, { appointmentId }: { appointmentId: string }) {
  const found = await findRequest(ctx.tx, appointmentId, ctx.now)
  if (!found) return notFound('booking request', appointmentId)
  ctx.audit('appointment', appointmentId)
  return found
}
