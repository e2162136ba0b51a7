import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { z } from 'zod'
import { cancelledVisit, deletedVisit, stillPending } from './gone.ts'
import { KIND_RULES, type OfSomeKind } from './kind.ts'
import { resolveLocal } from './local-time.ts'
import { TELEHEALTH_MODIFIER } from './modifiers.ts'
import { recurrenceRule } from './recurrence/rule.ts'
import { appointmentFields } from './schedule.ts'

/** Which appointments of a series an edit or a deletion is about (S-14, S-15). */
export const scope = z
  .enum(['this', 'this-and-future'])
  .default('this')
  .describe('Of a recurring appointment: this one alone, or this and all future ones')

const fieldsOfChange = z.strictObject(appointmentFields).partial().shape

const plan = z
  .string()
  .max(100)
  .optional()
  .describe(
    'What the preview of a series said it was: where anything has changed since, the change is refused',
  )

/** S-14: what is left out stays as it is; null takes it away. */
export const changeInput = z
  .strictObject({
    ...fieldsOfChange,
    scope,
    recurrence: recurrenceRule
      .optional()
      .describe('Another rule for this and all future ones; a count counts from this one on'),
    plan,
  })
  .refine(({ scope, recurrence }) => !recurrence || scope === 'this-and-future', {
    path: ['scope'],
    message: 'must be this-and-future for another recurrence',
  })
export type ChangeInput = z.infer<typeof changeInput>
/** The fields of an appointment that a change names. */
export type Change = Omit<ChangeInput, 'scope' | 'recurrence' | 'plan'>

/** S-15. */
export const deletionInput = z.strictObject({ scope, plan })
export type DeletionInput = z.infer<typeof deletionInput>

/** S-17: what a drag on the calendar says. */
export const rescheduleInput = z.strictObject({
  start: appointmentFields.start,
  end: appointmentFields.end,
  timeZone: fieldsOfChange.timeZone,
  ambiguousTime: fieldsOfChange.ambiguousTime,
  endAmbiguousTime: fieldsOfChange.endAmbiguousTime,
  practitionerId: fieldsOfChange.practitionerId,
  roomId: fieldsOfChange.roomId,
  scope,
  plan,
})
export type RescheduleInput = z.infer<typeof rescheduleInput>

/** What a change is about: each part has rules of its own once the visit has begun (S-16). */
export type Part = 'time' | 'services' | 'place' | 'other'
const PART_OF: Readonly<Partial<Record<keyof Change, Part>>> = {
  start: 'time',
  end: 'time',
  timeZone: 'time',
  ambiguousTime: 'time',
  endAmbiguousTime: 'time',
  practitionerId: 'time',
  services: 'services',
  modifiers: 'services',
  locationId: 'place',
  roomId: 'place',
}

export function partsOf(change: Change): ReadonlySet<Part> {
  const named = Object.entries(change).filter(([, value]) => value !== undefined)
  return new Set(named.map(([name]) => PART_OF[name as keyof Change] ?? 'other'))
}

/** Whether an appointment in this state can be changed at all. */
export function mayChange({
  status,
}: {
  readonly status: string
}): Refusal<'appointment_deleted' | 'appointment_cancelled' | 'still_pending'> | undefined {
  if (status === 'deleted' || status === 'declined') return deletedVisit()
  if (status === 'cancelled') return cancelledVisit()
  return status === 'pending' ? stillPending() : undefined
}

/** A session that took place cannot be moved to a time that is still to come. */
export function mayMoveTo(
  { status }: { readonly status: string },
  endsAt: string,
  now: Temporal.Instant,
): Refusal<'already_completed'> | undefined {
  if (status !== 'completed' || Temporal.Instant.compare(endsAt, now) <= 0) return undefined
  return refuse('already_completed', {
    field: 'end',
    detail: 'The session was marked complete, so it is over by now.',
    next: 'Send a time that has passed, or schedule another appointment.',
  })
}

/** Whether the appointment, as the change would leave it, has the fields of its kind. Names the first that does not fit. */
export function checkKind(changed: OfSomeKind): Refusal<'does_not_fit_kind'> | undefined {
  const broken = KIND_RULES.find(({ holds }) => !holds(changed))
  if (!broken) return undefined
  return refuse('does_not_fit_kind', {
    field: broken.path,
    detail: `${broken.path} ${broken.message}; this is a ${changed.kind}.`,
    next: 'Send the fields of its kind; an appointment of another kind is scheduled anew.',
  })
}

/**
 * S-04: the modifiers that a person typed. An automatic 95 that comes back with the others, as the appointment showed it, is
 * still nobody's: it goes away with the location.
 */
export function typedModifiers(
  before: { readonly modifiers: readonly string[]; readonly automaticModifiers: readonly string[] },
  sent: readonly string[] | undefined,
): readonly string[] {
  const { modifiers, automaticModifiers: automatic } = before
  return (sent ?? modifiers).filter(
    (code) => !(code === TELEHEALTH_MODIFIER && automatic.includes(TELEHEALTH_MODIFIER)),
  )
}

interface Times {
  readonly startLocal: string
  readonly endLocal: string
  readonly timeZone: string
  readonly startFold: 'earlier' | 'later'
  readonly endFold: 'earlier' | 'later'
}

/** The local times that a change means; undefined: they stay. A start that comes alone takes the end along. */
export function timesAsked(before: Times, change: Change) {
  const { start, end, timeZone, ambiguousTime, endAmbiguousTime } = change
  if ([start, end, timeZone, ambiguousTime, endAmbiguousTime].every((value) => value === undefined)) {
    return undefined
  }
  const startStays = start === undefined || start === before.startLocal
  const endStays = end === before.endLocal || (end === undefined && startStays)
  return {
    start: start ?? before.startLocal,
    end: end ?? (start === undefined ? before.endLocal : shifted(before, start)),
    timeZone: timeZone ?? before.timeZone,
    ambiguousTime: ambiguousTime ?? (startStays ? before.startFold : undefined),
    endAmbiguousTime: endAmbiguousTime ?? ambiguousTime ?? (endStays ? before.endFold : undefined),
  }
}

/** What is taken over as it was sent. */
export const TAKEN_OVER = [
  'telehealthUrl',
  'additionalInstructions',
  'reminders',
  'sessionBridge',
  'medium',
  'contactWith',
  'title',
  'showAs',
] as const

/** Whether the local times that a change means are those that the appointment has. */
export function staysInTime(before: Times, change: Change): boolean {
  const asked = timesAsked(before, change)
  if (!asked) return true
  const { start, end, timeZone, ambiguousTime, endAmbiguousTime } = asked
  if (timeZone !== before.timeZone || start !== before.startLocal || end !== before.endLocal) return false
  // Which of two is meant says nothing where the clock shows that time once.
  return (
    resolveLocal(start, timeZone, 'start', ambiguousTime).fold === before.startFold &&
    resolveLocal(end, timeZone, 'end', endAmbiguousTime).fold === before.endFold
  )
}

function shifted(before: Times, start: string): string {
  const length = Temporal.PlainDateTime.from(before.startLocal).until(before.endLocal)
  return Temporal.PlainDateTime.from(start).add(length).toString({ smallestUnit: 'minute' })
}
