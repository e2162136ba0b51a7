import { type CommandContext, sql, type Tx } from '@praxisbus/runtime'
import type { AppointmentRecord } from '../appointment-rows.ts'
import type { Span } from '../domain/booking/open-times.ts'
import type { Busy } from '../domain/booking/slots.ts'
import { LEAST_LEAD_MS } from '../domain/waitlist.ts'
import { moment } from '../moment.ts'

type Freeing = Pick<CommandContext, 'tx' | 'now' | 'newId'>

interface Freed {
  readonly practitionerId: string
  readonly startsAt: string
  readonly endsAt: string
}

/**
 * S-24: whoever takes a visit off a practitioner's time calls this, with that time, in the same transaction. Where somebody waits for
 * such a time it is noted, and from that instant held against online booking; the worker offers it (waitlist/pass-on.ts). It
 * takes no lock, so a command that frees many times, of several practitioners, may call it for each. It costs no round trip.
 */
export function offerFreed(ctx: Freeing, { practitionerId, startsAt, endsAt }: Freed): void {
  const { now } = ctx
  const soonestMs = now.epochMilliseconds + LEAST_LEAD_MS
  if (Temporal.Instant.from(endsAt).epochMilliseconds <= soonestMs) return
  const at = moment(now)
  // Whatever the zone, the local day is within a day of the one in UTC.
  ctx.tx.later(sql`
    insert into freed_time (practice_id, id, practitioner_id, starts_at, ends_at, freed_at, next_look_at)
    select current_practice(), ${ctx.newId()}, ${practitionerId}, ${startsAt}, ${endsAt}, ${at}, ${at}
     where exists (select from waitlist_entry
                    where status in ('waiting', 'offered') and (practitioner_id is null or practitioner_id = ${practitionerId})
                      and first_day <= ${endsAt}::timestamptz::date + 1 and last_day >= ${startsAt}::timestamptz::date - 1)`)
}

/** The same for a visit that was moved, shortened or given to another practitioner; an event without a patient frees nothing. */
export function freeWhatWasLeft(ctx: Freeing, before: AppointmentRecord, after: AppointmentRecord): void {
  const left = (['startsAt', 'endsAt', 'practitionerId'] as const).some(
    (field) => before[field] !== after[field],
  )
  if (left && before.patientId !== null) offerFreed(ctx, before)
}

/** Has the worker look again at once. Locks the freed time, the last in the order of locks (waitlist/rows.ts). */
export async function lookAgain(tx: Tx, freedId: string, at: Temporal.Instant): Promise<void> {
  await tx.run(sql`
    update freed_time set next_look_at = ${moment(at)} where id = ${freedId} and state = 'open'`)
}

/** A freed time whose turn passed so long ago is looked at by nobody, so it is held no more. */
const FORGOTTEN_MINUTES = 10

/** What is held for those who wait, against online booking: the freed times that are being offered, whole. */
export async function heldDuring(
  tx: Tx,
  practitionerIds: readonly string[],
  { fromMs, toMs }: Span,
  now: Temporal.Instant,
): Promise<(Busy & { readonly practitionerId: string })[]> {
  const [from, to] = [fromMs, toMs].map((ms) => Temporal.Instant.fromEpochMilliseconds(ms).toString())
  return tx.many(sql`
    select practitioner_id, (extract(epoch from starts_at) * 1000)::bigint as from_ms,
           (extract(epoch from ends_at) * 1000)::bigint as to_ms, true as visit
      from freed_time
     where state = 'open' and practitioner_id = any(${practitionerIds}::uuid[])
       and starts_at < ${to} and ends_at > ${from}
       and next_look_at > ${now.toString()}::timestamptz - make_interval(mins => ${FORGOTTEN_MINUTES})`)
}
