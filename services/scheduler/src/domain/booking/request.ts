import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { z } from 'zod'
import { email, id, name, phone } from '../input.ts'
import { MINUTE_MS } from '../recurrence/calendar.ts'

/** The instant of a slot, as the search gave it. */
export const slotInstant = z.iso
  .datetime({ offset: false })
  .regex(
    /^20\d\d-[^.]*:00(\.0+)?Z$/,
    'must be the instant of a slot, on a whole minute such as 2026-03-05T15:00:00Z',
  )
  .transform((text) => Temporal.Instant.from(text).toString())

export const whichPractitioner = z
  .union([z.literal('any'), id], 'must be the id of a practitioner, or any')
  .describe('A practitioner’s id, or any of those who offer the service')

const newPatient = z
  .strictObject({ name, email: email.nullable().default(null), phone: phone.nullable().default(null) })
  .refine(({ email, phone }) => email !== null || phone !== null, {
    path: ['email'],
    message: 'is required, or phone: the practice has to reach the patient',
  })

/** What a patient asks for online (S-18), through whoever acts for them. */
export const bookingInput = z
  .strictObject({
    serviceId: id,
    practitionerId: whichPractitioner,
    startsAt: slotInstant,
    endsAt: slotInstant.optional().describe('Where sent, it has to be the end of the slot'),
    patientId: id.optional(),
    newPatient: newPatient.optional().describe('Instead of patientId: registers the patient'),
    message: z.string().trim().min(1).max(1000).nullable().default(null).describe('To the practice'),
  })
  .superRefine(({ patientId, newPatient }, ctx) => {
    if (patientId === undefined && newPatient === undefined)
      ctx.addIssue({
        code: 'custom',
        path: ['patientId'],
        message: 'is required, or newPatient with a name and an email or phone',
      })
    if (patientId !== undefined && newPatient !== undefined)
      ctx.addIssue({ code: 'custom', path: ['newPatient'], message: 'cannot stand beside patientId' })
  })
export type BookingInput = z.infer<typeof bookingInput>

export interface BookingPeriod {
  /** The earliest start that notice allows. */
  readonly fromMs: number
  /** Starts lie before it. */
  readonly toMs: number
}

/** When slots are offered, as of now: from the notice on to the end of the furthest day, by the calendar of the practice. */
export function bookingPeriod(
  { earliestNoticeMinutes, furthestDays }: { earliestNoticeMinutes: number; furthestDays: number },
  timeZone: string,
  now: Temporal.Instant,
): BookingPeriod {
  const today = now.toZonedDateTimeISO(timeZone).toPlainDate()
  return {
    fromMs: now.epochMilliseconds + earliestNoticeMinutes * MINUTE_MS,
    toMs: today.add({ days: furthestDays + 1 }).toZonedDateTime(timeZone).epochMilliseconds,
  }
}

type Code = 'wrong_length' | 'too_short_notice' | 'too_far_ahead'

/** What can be said of a request without looking at anybody's calendar. */
export function judgeTimes(
  { startsAt, endsAt }: { readonly startsAt: string; readonly endsAt?: string },
  { lengthMinutes }: { readonly lengthMinutes: number },
  period: BookingPeriod,
): Refusal<Code> | undefined {
  const startMs = Temporal.Instant.from(startsAt).epochMilliseconds
  const end = Temporal.Instant.fromEpochMilliseconds(startMs + lengthMinutes * MINUTE_MS).toString()
  if (endsAt !== undefined && endsAt !== end) {
    return refuse('wrong_length', {
      field: 'endsAt',
      detail: `The service takes ${lengthMinutes} minutes, so this booking ends at ${end}.`,
      next: 'Leave endsAt out, or send the end that the slot was offered with.',
    })
  }
  if (startMs < period.fromMs) {
    return refuse('too_short_notice', {
      field: 'startsAt',
      detail: `The practice takes bookings from ${shown(period.fromMs)} on, as of now.`,
      next: ANOTHER,
    })
  }
  if (startMs >= period.toMs) {
    return refuse('too_far_ahead', {
      field: 'startsAt',
      detail: `The practice takes bookings that begin before ${shown(period.toMs)}, as of now.`,
      next: ANOTHER,
    })
  }
  return undefined
}

/** A patient holds no more time than the practice allows, so that nobody fills a calendar with requests. */
export function mayAskMore(pending: number, mostPending: number): Refusal<'too_many_pending'> | undefined {
  if (pending < mostPending) return undefined
  const many = pending === 1 ? 'a request that waits' : `${pending} requests that wait`
  return refuse('too_many_pending', {
    field: 'patientId',
    detail: `The patient has ${many} for an answer, and the practice takes ${mostPending} at once.`,
    next: 'Wait for an answer, or withdraw one with POST /v1/booking/requests/{appointmentId}/withdraw.',
  })
}

const ANOTHER = 'Choose one of the alternatives, or search with GET /v1/booking/slots.'
const shown = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toString({ smallestUnit: 'minute' })

/** Why nobody can be booked then. `slot_taken`: others were faster, or staff have put something there. */
export function notOffered(
  why: 'hours' | 'step' | 'taken',
  startsAt: string,
  alternatives: readonly unknown[],
): Refusal<'outside_hours' | 'not_a_slot' | 'slot_taken'> {
  const rest = { field: 'startsAt', next: ANOTHER, extra: { alternatives } }
  if (why === 'hours')
    return refuse('outside_hours', {
      detail: `The opening hours do not hold a booking of that length at ${startsAt}.`,
      ...rest,
    })
  if (why === 'step')
    return refuse('not_a_slot', {
      detail: `No slot begins at ${startsAt}; the hours are open then.`,
      ...rest,
    })
  return refuse('slot_taken', { detail: `The time at ${startsAt} is taken.`, ...rest })
}

/** Refused already, with what is free instead. */
export function withAlternatives<Code extends string>(
  refusal: Refusal<Code>,
  alternatives: readonly unknown[],
): Refusal<Code> {
  return { ...refusal, extra: { ...refusal.extra, alternatives } }
}
