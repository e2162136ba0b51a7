import type { DropReason, FailReason, MessageKind, MessageState } from './message.ts'
import type { Channel, Reminder } from './reminders.ts'

/** An appointment as far as its messages depend on it. Instants as texts. */
export interface PlannedVisit {
  readonly status: string
  readonly startsAt: string
  readonly endsAt: string
  readonly timeZone: string
  readonly reminders: readonly Reminder[]
  readonly sessionBridge: boolean
  /** Where the link to give feedback would go. */
  readonly feedbackChannel: Channel
}

export interface KnownMessage {
  readonly id: string
  readonly kind: MessageKind
  readonly channel: Channel
  readonly daysAhead: number | null
  readonly ordinal: number
  readonly startsAt: string
  readonly dueAt: string
  readonly state: MessageState
  readonly reason: FailReason | DropReason | null
}

interface Target {
  readonly startsAt: string
  readonly dueAt: string
  readonly state: 'waiting' | 'dropped'
  readonly reason: DropReason | null
}

export type PlanChange =
  | ({ readonly do: 'make'; readonly ordinal: number } & Wanted & Target)
  | ({ readonly do: 'set'; readonly id: string } & Target)
  | { readonly do: 'drop'; readonly id: string; readonly reason: DropReason }

interface Wanted {
  readonly kind: MessageKind
  readonly channel: Channel
  readonly daysAhead: number | null
}

const NOT_WANTED: Readonly<Record<string, DropReason>> = {
  cancelled: 'cancelled',
  deleted: 'deleted',
  'checked-in': 'arrived',
  completed: 'completed',
}
/** Kept back by a wrong clock or a lacking setting, with nothing tried: planned again when that is mended. */
const KEPT_BACK: ReadonlySet<string> = new Set(['too-late', 'channel-not-set-up'])
/** Reasons that pass when the appointment, too, is as it was before. */
const PASSING: ReadonlySet<string> = new Set([
  ...KEPT_BACK,
  ...Object.values(NOT_WANTED),
  'not-booked',
  'removed',
  'superseded',
])
/** A link to give feedback that comes later says nothing to the patient any more. */
export const FEEDBACK_DAYS = 7

/** S-10: the same hour on the wall so many days earlier, whatever the clock did in between (Temporal `compatible`). */
export function reminderDue(startsAt: string, timeZone: string, daysAhead: number): Temporal.Instant {
  return Temporal.Instant.from(startsAt)
    .toZonedDateTimeISO(timeZone)
    .subtract({ days: daysAhead })
    .toInstant()
}

/** Until when a message is of use: one about a visit until it begins, a link to give feedback a week from its end. */
export function usefulUntil(
  kind: MessageKind,
  { startsAt, endsAt }: { readonly startsAt: string; readonly endsAt: string },
): Temporal.Instant {
  return kind === 'feedback'
    ? Temporal.Instant.from(endsAt).add({ hours: FEEDBACK_DAYS * 24 })
    : Temporal.Instant.from(startsAt)
}

/** Whether the visit still asks for a message of this kind; the reason where it does not. */
export function unwanted(
  kind: MessageKind,
  visit: Pick<PlannedVisit, 'status' | 'sessionBridge'>,
): DropReason | undefined {
  if (kind !== 'feedback')
    return visit.status === 'scheduled' ? undefined : (NOT_WANTED[visit.status] ?? 'not-booked')
  if (!visit.sessionBridge) return 'removed'
  if (visit.status === 'checked-in' || visit.status === 'completed') return undefined
  return visit.status === 'scheduled' ? 'removed' : (NOT_WANTED[visit.status] ?? 'not-booked')
}

/**
 * S-10, S-11: what has to change so that the messages follow the appointment as it is now. Asked twice it changes nothing the
 * second time. What was sent (or may have been, or is being sent) for a start is never planned for that start again, unless
 * another start was told of in between. `known`: all messages of the visit, by ordinal.
 */
export function planMessages(
  visit: PlannedVisit,
  known: readonly KnownMessage[],
  now: Temporal.Instant,
): PlanChange[] {
  const wanted = wantedOf(visit)
  const changes = wanted.flatMap((one) => {
    const own = known.filter((message) => keyOf(message) === keyOf(one))
    return changeFor(one, targetOf(one, visit, now), own)
  })
  const keys = new Set(wanted.map(keyOf))
  const rest = known.filter((message) => isOpen(message) && !keys.has(keyOf(message)))
  return [...changes, ...rest.flatMap((message) => followed(message, visit, now))]
}

/** One link to give feedback, whichever way it goes; of the others each channel and day has its own. */
const keyOf = ({ kind, channel, daysAhead }: Wanted) =>
  kind === 'feedback' ? kind : `${kind} ${channel} ${daysAhead}`

function wantedOf(visit: PlannedVisit): Wanted[] {
  const reminders = unwanted('reminder', visit)
    ? []
    : visit.reminders.map(({ channel, daysAhead }) => ({ kind: 'reminder' as const, channel, daysAhead }))
  if (unwanted('feedback', visit)) return reminders
  return [...reminders, { kind: 'feedback', channel: visit.feedbackChannel, daysAhead: null }]
}

function targetOf({ kind, daysAhead }: Wanted, visit: PlannedVisit, now: Temporal.Instant): Target {
  const { startsAt, endsAt, timeZone } = visit
  const dueAt = daysAhead === null ? endsAt : reminderDue(startsAt, timeZone, daysAhead).toString()
  const late = Temporal.Instant.compare(usefulUntil(kind, visit), now) <= 0
  return { startsAt, dueAt, state: late ? 'dropped' : 'waiting', reason: late ? 'too-late' : null }
}

/** Something may still come of it by itself. */
const isOpen = ({ state, reason }: KnownMessage) =>
  state === 'waiting' || (state === 'failed' && KEPT_BACK.has(reason ?? ''))

const TOLD: ReadonlySet<MessageState> = new Set(['sending', 'sent', 'unknown'])

function changeFor(wanted: Wanted, target: Target, own: readonly KnownMessage[]): PlanChange[] {
  const told = own.findLast(({ state }) => TOLD.has(state))
  if (told && (wanted.kind === 'feedback' || sameInstant(told.startsAt, target.startsAt)))
    return own.filter(isOpen).map(({ id }) => ({ do: 'drop', id, reason: 'superseded' }))
  const waiting = own.find(({ state }) => state === 'waiting')
  if (waiting) return isAt(waiting, target) ? [] : [{ do: 'set', id: waiting.id, ...target }]
  const last = own.at(-1)
  const make: PlanChange = { do: 'make', ...wanted, ...target, ordinal: (last?.ordinal ?? 0) + 1 }
  if (!last) return [make]
  const moved = !sameInstant(last.startsAt, target.startsAt)
  // One that was tried and not sent stays as it is, to be looked at; another start is another matter.
  if (last.state !== 'dropped' && !isOpen(last) && moved) return [make]
  const again = target.state === 'waiting' && PASSING.has(last.reason ?? '')
  return moved || again ? [{ do: 'set', id: last.id, ...target }] : []
}

function isAt(message: KnownMessage, target: Target): boolean {
  return sameInstant(message.startsAt, target.startsAt) && sameInstant(message.dueAt, target.dueAt)
}

/** Nobody asks for it (any more); a confirmation was asked for by a person, and goes along with the appointment. */
function followed(message: KnownMessage, visit: PlannedVisit, now: Temporal.Instant): PlanChange[] {
  const { id, kind, startsAt, state } = message
  const reason = unwanted(kind, visit)
  if (reason) return [{ do: 'drop', id, reason }]
  if (kind !== 'confirmation') return [{ do: 'drop', id, reason: 'removed' }]
  if (state === 'waiting' && sameInstant(startsAt, visit.startsAt)) return []
  const late = Temporal.Instant.compare(visit.startsAt, now) <= 0
  if (late) return [{ do: 'drop', id, reason: 'too-late' }]
  return [{ do: 'set', id, startsAt: visit.startsAt, dueAt: now.toString(), state: 'waiting', reason: null }]
}

export function sameInstant(a: string, b: string): boolean {
  return Temporal.Instant.compare(a, b) === 0
}
