import { type ActContext, act, type Database, sql } from '@praxisbus/runtime'
import { lockVisit } from '../appointment-view.ts'
import { hasLapsed } from '../domain/booking/answer.ts'
import { endRequest } from './requests.ts'

const AT_ONCE = 50
export const ACTOR = 'service:scheduler'

export interface Lapsing {
  readonly database: Database
  /** With the relay's login. */
  readonly relay: Database
  readonly onFacts: () => void
}

/**
 * Ends requests that nobody answered by their start (S-18). They are found with the relay's login, which sees ids and times only;
 * each is ended as the application of its practice, in a transaction that looks again under the lock: so several processes may do
 * it, and one that is killed has done all of a request or nothing. Returns those it ended.
 */
export async function lapseRequests(parts: Lapsing, now: Temporal.Instant): Promise<string[]> {
  const due = await parts.relay.plain((tx) =>
    tx.many<{ practiceId: string; appointmentId: string }>(sql`
      select practice_id, appointment_id from booking_request
       where outcome is null and lapses_at <= ${now.toString()} order by lapses_at limit ${AT_ONCE}`),
  )
  const ended: string[] = []
  await eachOfThem(due, async ({ practiceId, appointmentId }) => {
    const done = await act({ ...parts, actor: ACTOR }, practiceId, (ctx) =>
      lapse({ ...ctx, now }, appointmentId),
    )
    if (done) ended.push(appointmentId)
  })
  return ended
}

/** One after another; one that fails keeps none of the others. Throws what failed, at the end. */
export async function eachOfThem<Due>(due: readonly Due[], work: (one: Due) => Promise<void>): Promise<void> {
  const faults: unknown[] = []
  for (const one of due) await work(one).catch((error: unknown) => faults.push(error))
  if (faults.length > 0) throw new AggregateError(faults, `${faults.length} of ${due.length} failed`)
}

async function lapse(ctx: ActContext, appointmentId: string): Promise<boolean> {
  const pending = await lockVisit(ctx.tx, appointmentId)
  if (pending?.status !== 'pending' || !hasLapsed(pending.startsAt, ctx.now)) return false
  await endRequest(ctx, pending, { outcome: 'lapsed', by: null, reason: null })
  return true
}
