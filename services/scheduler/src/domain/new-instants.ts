import { isRefusal } from '@praxisbus/runtime/refusal.ts'
import { type Fold, sessionTimes } from './local-time.ts'

interface Instants {
  readonly startsAt: string
  readonly endsAt: string
}

interface Wall extends Instants {
  readonly startLocal: string
  readonly endLocal: string
  readonly timeZone: string
  readonly startFold: Fold
  readonly endFold: Fold
}

/** S-08: the instants that wall time and zone come to by the rules in force now. */
export function newInstants(record: Wall): Instants {
  const { startLocal: start, endLocal: end, timeZone, startFold, endFold } = record
  const times = sessionTimes({ start, end, timeZone, startFold, endFold })
  // A rule that skips the whole appointment moves its start past its end; the length that was agreed holds then.
  if (isRefusal(times)) {
    const length = Temporal.Instant.from(record.startsAt).until(record.endsAt)
    const startsAt = Temporal.PlainDateTime.from(start).toZonedDateTime(timeZone).toInstant()
    return { startsAt: startsAt.toString(), endsAt: startsAt.add(length).toString() }
  }
  return { startsAt: times.start.instant.toString(), endsAt: times.end.instant.toString() }
}

/** A request that waits, as it stands, and where new rules put it; `to` undefined: it stays. */
export interface Request extends Instants {
  readonly appointmentId: string
  readonly practitionerId: string
  readonly to?: Instants | undefined
}

/**
 * S-18: two requests of one practitioner never stand for one time, whatever new rules say. Answers with those that stay where they
 * are, because they would come to lie over another: of two that move, the one that was asked later (ids go by time).
 */
export function heldBack(requests: readonly Request[]): ReadonlySet<string> {
  const held = new Set<string>()
  // One that stays may stand in the way of the next; each round holds one more, so it ends.
  for (const those of Map.groupBy(requests, ({ practitionerId }) => practitionerId).values())
    for (let one = heldOf(those, held); one; one = heldOf(those, held)) held.add(one)
  return held
}

function heldOf(requests: readonly Request[], held: ReadonlySet<string>): string | undefined {
  const moves = ({ appointmentId, to }: Request) => to !== undefined && !held.has(appointmentId)
  const placed = requests
    .map((request) => {
      const { startsAt, endsAt } = moves(request) ? request.to! : request
      return { request, fromMs: ms(startsAt), toMs: ms(endsAt) }
    })
    .toSorted((a, b) => a.fromMs - b.fromMs)
  // Where any two overlap, two neighbours do.
  for (const [index, next] of placed.entries()) {
    const before = placed[index - 1]
    if (!before || before.toMs <= next.fromMs) continue
    const movers = [before.request, next.request].filter(moves).map(({ appointmentId }) => appointmentId)
    const last = movers.toSorted().at(-1)
    if (last) return last
  }
  return undefined
}

const ms = (instant: string) => Temporal.Instant.from(instant).epochMilliseconds
