import type { DropReason, FailReason, MessageKind, MessageState } from './message.ts'
import { sameInstant, unwanted, usefulUntil } from './message-plan.ts'
import type { Channel, Consents } from './reminders.ts'

/** A message that the sender took up, its visit and its patient as they are at this moment. */
export interface Standing {
  readonly kind: MessageKind
  readonly channel: Channel
  readonly state: MessageState
  /** The start that it tells of. */
  readonly startsAt: string
  readonly dueAt: string
  readonly attempts: number
  readonly triedAt: string | null
  readonly address: string | null
  readonly visit: {
    readonly status: string
    readonly startsAt: string
    readonly endsAt: string
    readonly timeZone: string
    readonly sessionBridge: boolean
  }
  readonly consents: Consents
  readonly email: string | null
  readonly phone: string | null
  /** Whether this installation can send over the channel. */
  readonly ready: boolean
  /** Whether a later message over the same channel says the same, and is due or sent. */
  readonly overtaken: boolean
}

export type Sending =
  | { readonly do: 'send' | 'repeat'; readonly address: string }
  | { readonly do: 'wait'; readonly until: Temporal.Instant }
  | { readonly do: 'drop'; readonly reason: DropReason }
  | { readonly do: 'fail'; readonly reason: FailReason }
  | { readonly do: 'unknown' }

/** Some five hours: a mail server that was down over lunch, or was being moved, is found again. */
export const MAX_ATTEMPTS = 12
const FIRST_WAIT_SECONDS = 30
const LONGEST_WAIT_SECONDS = 3_600
/** How long a provider is trusted to know a key again. The usual is a day. */
const KEY_HOURS = 12
/** From when a message that is late keeps to the hours in which telephones may ring. */
const LATE_MINUTES = 60
const MORNING_HOUR = 8
const EVENING_HOUR = 21
const MAX_ERROR_LENGTH = 500

/** S-10: what becomes of a message whose moment has come. */
export function decideSending(message: Standing, now: Temporal.Instant): Sending {
  const address = addressOf(message)
  if (message.state === 'sending') return decideLeft(message, address, now)
  const gone = unwanted(message.kind, message.visit)
  if (gone) return { do: 'drop', reason: gone }
  const due = Temporal.Instant.from(message.dueAt)
  // Its clock was set back since it was taken up.
  if (Temporal.Instant.compare(due, now) > 0) return { do: 'wait', until: due }
  if (Temporal.Instant.compare(usefulUntil(message.kind, message.visit), now) <= 0)
    return { do: 'fail', reason: 'too-late' }
  if (address === null) return { do: 'fail', reason: 'consent-withdrawn' }
  if (message.overtaken) return { do: 'drop', reason: 'overtaken' }
  if (!message.ready) return { do: 'fail', reason: 'channel-not-set-up' }
  const morning = nextMorning(message, now)
  return morning ? { do: 'wait', until: morning } : { do: 'send', address }
}

/**
 * Whoever sent it has not said how it went: it ended in between, or no answer came. A provider that is asked by the same key
 * sends once, so it is asked again; a mail server has no such key, and what may have gone out is not sent a second time.
 */
function decideLeft(message: Standing, address: string | null, now: Temporal.Instant): Sending {
  const { kind, channel, visit, attempts, triedAt } = message
  const asBefore = address !== null && address === message.address
  const keyKnown =
    triedAt !== null &&
    Math.abs(now.since(Temporal.Instant.from(triedAt)).total('hours')) < KEY_HOURS &&
    attempts < MAX_ATTEMPTS
  // Each link to give feedback is another one, so it would not be the same message under that key.
  const repeatable = channel !== 'email' && kind !== 'feedback' && message.ready
  const wanted =
    sameInstant(message.startsAt, visit.startsAt) &&
    !unwanted(kind, visit) &&
    Temporal.Instant.compare(usefulUntil(kind, visit), now) > 0
  return repeatable && asBefore && keyKnown && wanted ? { do: 'repeat', address } : { do: 'unknown' }
}

/** Where it may go; null: there is no consent to it, or nothing to reach the patient by. */
function addressOf({ channel, consents, email, phone }: Standing): string | null {
  if (!consents[channel]) return null
  return channel === 'email' ? email : phone
}

/**
 * A telephone rings and a text sounds: one that is late waits for the morning of the appointment's zone, unless the visit
 * begins before. In time it goes at the appointment's own hour.
 */
function nextMorning(
  { channel, dueAt, kind, visit }: Standing,
  now: Temporal.Instant,
): Temporal.Instant | undefined {
  if (channel === 'email' || now.since(Temporal.Instant.from(dueAt)).total('minutes') < LATE_MINUTES)
    return undefined
  const here = now.toZonedDateTimeISO(visit.timeZone)
  if (here.hour >= MORNING_HOUR && here.hour < EVENING_HOUR) return undefined
  const day = here.hour < MORNING_HOUR ? here.toPlainDate() : here.toPlainDate().add({ days: 1 })
  const morning = day
    .toZonedDateTime({ timeZone: visit.timeZone, plainTime: { hour: MORNING_HOUR } })
    .toInstant()
  return Temporal.Instant.compare(morning, usefulUntil(kind, visit)) < 0 ? morning : undefined
}

/** What the other side, or the way to it, said. */
export interface SendFailure {
  /** Theirs; it may name the address, so it stands in no log. */
  readonly message: string
  /** The same without words. */
  readonly code: string
  /** true: it will never take this message, so asking again is of no use. */
  readonly permanent: boolean
  /** true: it may have taken it all the same. */
  readonly mayHaveArrived: boolean
  readonly retryAfterSeconds?: number
}

export type AfterFailure =
  | { readonly state: 'waiting' | 'sending'; readonly waitSeconds: number }
  | { readonly state: 'failed'; readonly reason: 'refused' | 'gave-up' }
  | { readonly state: 'unknown' }

/** `attempts`: how many there were, the failed one included. `repeated`: an earlier one may have arrived. */
export function afterFailure(
  message: Pick<Standing, 'kind' | 'channel' | 'attempts'> & { readonly repeated: boolean },
  failure: SendFailure,
): AfterFailure {
  const { attempts, repeated } = message
  const doubtful = failure.mayHaveArrived || repeated
  const byKey = message.channel !== 'email' && message.kind !== 'feedback'
  if (doubtful && (!byKey || failure.permanent || attempts >= MAX_ATTEMPTS)) return { state: 'unknown' }
  if (failure.permanent) return { state: 'failed', reason: 'refused' }
  if (attempts >= MAX_ATTEMPTS) return { state: 'failed', reason: 'gave-up' }
  const waitSeconds = Math.min(
    Math.max(FIRST_WAIT_SECONDS * 2 ** (attempts - 1), failure.retryAfterSeconds ?? 0),
    LONGEST_WAIT_SECONDS,
  )
  return { state: doubtful ? 'sending' : 'waiting', waitSeconds }
}

export function shownError(message: string): string {
  return message.replace(/\s+/g, ' ').slice(0, MAX_ERROR_LENGTH)
}
