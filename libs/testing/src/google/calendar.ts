import { instancesOf } from './expand.ts'
import { checkTimes, type EventBody, type GoogleEvent, instantOf, Refused, shown } from './objects.ts'

/** An event and the calendar's count of changes when it was last changed. */
interface Stored {
  readonly event: GoogleEvent
  readonly change: number
}

/** All of a calendar besides its name, to be kept between two starts. */
export interface CalendarContent {
  readonly changes: number
  readonly generation: number
  readonly events: readonly Stored[]
}

/** How far ahead a recurring event without an end is expanded where nobody says how far. */
const EXPANDED_DAYS = 730

/** One calendar: what is in it, and how often it was changed. */
export class Calendar {
  readonly id: string
  readonly timeZone: string
  /** Changes so far: what sync tokens point to. */
  changes = 0
  /** Sync tokens of an older generation have expired. */
  generation = 0
  /** Shows more of a deleted event than its id and status, as Google does on the organizer's calendar. */
  tellsDeleted = false
  /** Told of each change; channels hang on it. */
  onChange: () => void = () => undefined
  readonly #events = new Map<string, Stored>()
  readonly #now: () => Temporal.Instant

  constructor(id: string, timeZone: string, now: () => Temporal.Instant) {
    this.id = id
    this.timeZone = timeZone
    this.#now = now
  }

  get(id: string): GoogleEvent {
    const stored = this.#events.get(id) ?? this.#instance(id)
    if (!stored) throw new Refused(404, 'notFound', 'Not Found')
    return stored.event
  }

  /** All that were ever there, with the change that each is of. */
  stored(): Stored[] {
    return [...this.#events.values()]
  }

  content(): CalendarContent {
    return { changes: this.changes, generation: this.generation, events: this.stored() }
  }

  restore({ changes, generation, events }: CalendarContent): void {
    this.changes = changes
    this.generation = generation
    for (const stored of events) this.#events.set(stored.event.id, stored)
  }

  insert(body: EventBody): GoogleEvent {
    const id = body.id ?? freshId()
    if (!/^[a-v0-9]{5,1024}$/.test(id)) throw new Refused(400, 'invalid', 'Invalid resource id value.')
    // Also that of a deleted event: https://github.com/googleapis/google-api-ruby-client/issues/1811
    if (this.#events.has(id)) throw new Refused(409, 'duplicate', 'The requested identifier already exists.')
    checkTimes(body, this.timeZone)
    const created = this.#stamp()
    return this.#keep({ ...clean(body), id, created } as GoogleEvent)
  }

  /** PUT: what is not named is gone; PATCH: it stays. */
  change(id: string, body: EventBody, how: 'update' | 'patch', ifMatch: string | undefined): GoogleEvent {
    const before = this.get(id)
    matches(before, ifMatch)
    if (before.status === 'cancelled' && body.status !== 'confirmed')
      throw new Refused(403, 'forbidden', 'Forbidden')
    const { created, recurringEventId, originalStartTime } = before
    const same = { id, created, recurringEventId, originalStartTime }
    const after = { ...(how === 'patch' ? before : {}), status: undefined, ...body, ...same }
    checkTimes(after, this.timeZone)
    return this.#keep(clean(after) as GoogleEvent)
  }

  delete(id: string, ifMatch: string | undefined): void {
    const before = this.get(id)
    if (before.status === 'cancelled') throw new Refused(410, 'deleted', 'Resource has been deleted')
    matches(before, ifMatch)
    this.#keep({ ...before, status: 'cancelled' })
  }

  /** Single events and instances of recurring ones that start before `until`, with the change each is of. */
  expanded(until?: Temporal.Instant): Stored[] {
    return this.stored().flatMap(({ event, change }) => {
      if (!event.recurrence?.length) return [{ event, change }]
      if (event.status === 'cancelled') return []
      return instancesOf(event, this.timeZone, until ?? this.#horizon(event)).flatMap((instance) => {
        if (this.#events.has(instance.id)) return []
        const { recurrence: _, ...rest } = event
        return [{ event: { ...rest, ...instance, recurringEventId: event.id }, change }]
      })
    })
  }

  #instance(id: string): Stored | undefined {
    return this.expanded().find(({ event }) => event.id === id)
  }

  #keep(event: GoogleEvent): GoogleEvent {
    const change = ++this.changes
    const before = this.#events.get(event.id)?.event
    const updated = this.#stamp()
    const times = event.start && event.end ? this.#shownTimes(event) : {}
    const kept: GoogleEvent = {
      ...event,
      ...times,
      kind: 'calendar#event',
      status: event.status ?? 'confirmed',
      updated,
      etag: `"${change}${updated.replaceAll(/\D/g, '')}"`,
    }
    if (before?.recurrence?.length) this.#dropInstances(before, kept, change)
    this.#events.set(kept.id, { event: kept, change })
    this.onChange()
    return kept
  }

  #shownTimes(event: GoogleEvent) {
    return { start: shown(event.start!, this.timeZone), end: shown(event.end!, this.timeZone) }
  }

  /** Instances that the rule no longer has are told as cancelled, each by its id. */
  #dropInstances(before: GoogleEvent, after: GoogleEvent, change: number): void {
    const until = this.#horizon(before)
    const left =
      after.status === 'cancelled' || !after.recurrence?.length
        ? []
        : instancesOf(after, this.timeZone, until).map(({ id }) => id)
    for (const { id, originalStartTime } of instancesOf(before, this.timeZone, until)) {
      if (left.includes(id)) continue
      const event = { kind: 'calendar#event', id, etag: `"${change}x"`, status: 'cancelled' } as const
      this.#events.set(id, { event: { ...event, recurringEventId: before.id, originalStartTime }, change })
    }
  }

  /** So far after the start, or after now where that is later. */
  #horizon({ start }: GoogleEvent): Temporal.Instant {
    const [now, begin] = [this.#now(), instantOf(start!, this.timeZone)]
    const later = Temporal.Instant.compare(now, begin) > 0 ? now : begin
    return later.add({ hours: 24 * EXPANDED_DAYS })
  }

  #stamp(): string {
    return this.#now().toString({ smallestUnit: 'millisecond' })
  }
}

/** Starts before one instant and ends after another, both exclusive (`timeMax`, `timeMin`). */
export function within(
  event: GoogleEvent,
  zone: string,
  { timeMin, timeMax }: { timeMin?: string; timeMax?: string },
): boolean {
  if (!event.start || !event.end) return true
  if (timeMin && Temporal.Instant.compare(instantOf(event.end, zone), timeMin) <= 0) return false
  return !timeMax || Temporal.Instant.compare(instantOf(event.start, zone), timeMax) < 0
}

function matches(event: GoogleEvent, ifMatch: string | undefined): void {
  if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== event.etag)
    throw new Refused(412, 'conditionNotMet', 'Precondition Failed')
}

/** Without what was taken away, and what callers cannot set. */
function clean(body: EventBody): EventBody {
  const { etag: _, updated: __, kind: ___, ...rest } = body
  return Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== null && value !== undefined),
  ) as EventBody
}

let made = 0
function freshId(): string {
  made += 1
  return `g${Date.now().toString(32)}${made.toString(32)}`
}
