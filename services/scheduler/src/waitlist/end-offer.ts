import { WaitlistLapsed } from '@praxisbus/contracts'
import { type ActContext, sql, type Tx } from '@praxisbus/runtime'
import { slotTimes } from '../booking/search.ts'
import { moment } from '../moment.ts'
import type { LockedEntry, LockedOffer } from './rows.ts'

type Acting = Pick<ActContext, 'tx' | 'now' | 'record' | 'audit'>

/** Notes how an offer ended, and what became of the entry. Both rows are locked by the caller. */
export async function closeOffer(
  tx: Tx,
  { offerId }: LockedOffer,
  { waitlistEntryId, version }: LockedEntry,
  end: {
    readonly status: 'accepted' | 'declined' | 'lapsed' | 'withdrawn'
    /** null: nobody. */
    readonly by: string | null
    readonly at: Temporal.Instant
    readonly entry: 'waiting' | 'booked' | 'withdrawn'
    readonly appointmentId: string | null
  },
): Promise<void> {
  await Promise.all([
    tx.run(sql`
      update waitlist_offer set status = ${end.status}, ended_at = ${moment(end.at)}, ended_by = ${end.by}
       where id = ${offerId}`),
    tx.run(sql`
      update waitlist_entry set status = ${end.entry}, appointment_id = ${end.appointmentId}, version = ${version + 1}
       where id = ${waitlistEntryId}`),
  ])
}

/** An offer that was not accepted. Both rows are locked by the caller, who sees to it that the next has their turn. */
export async function endOffer(
  ctx: Acting,
  offer: LockedOffer,
  entry: LockedEntry,
  end: {
    readonly reason: 'lapsed' | 'declined' | 'withdrawn'
    readonly by: string | null
    readonly timeZone: string
  },
): Promise<void> {
  const { reason, by, timeZone } = end
  await closeOffer(ctx.tx, offer, entry, {
    ...{ status: reason, by, at: ctx.now, appointmentId: null },
    entry: reason === 'withdrawn' ? 'withdrawn' : 'waiting',
  })
  const version = entry.version + 1
  const data = { ...toldOf(offer, entry, timeZone), reason }
  ctx.record(WaitlistLapsed, { subject: entry.waitlistEntryId, version, data })
  ctx.audit('waitlist-entry', entry.waitlistEntryId, reason === 'lapsed' ? 'let offer lapse' : reason)
}

/** What each fact about an offer says. */
export function toldOf(
  offer: Omit<LockedOffer, 'status' | 'freedId' | 'waitlistEntryId'>,
  { waitlistEntryId, patientId, serviceId }: LockedEntry,
  timeZone: string,
) {
  const { offerId, practitionerId, expiresAt } = offer
  const startMs = Temporal.Instant.from(offer.startsAt).epochMilliseconds
  const times = slotTimes(startMs, Temporal.Instant.from(offer.endsAt).epochMilliseconds - startMs, timeZone)
  return { waitlistEntryId, offerId, patientId, serviceId, practitionerId, ...times, timeZone, expiresAt }
}
