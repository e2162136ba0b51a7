import { WaitlistOffered } from '@praxisbus/contracts'
import { type ActContext, sql, type Tx } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import { busyDuring, findRules } from '../booking/rows.ts'
import { merged, type Span } from '../domain/booking/open-times.ts'
import { MINUTE_MS } from '../domain/recurrence/calendar.ts'
import { zoneOf } from '../domain/recurrence/zone.ts'
import { earliestFit, freeWithin, LEAST_LEAD_MS, offerUntil, type WaitlistInput } from '../domain/waitlist.ts'
import { moment } from '../moment.ts'
import { toldOf } from './end-offer.ts'
import { type LockedEntry, lockEntry } from './rows.ts'

export interface FreedTime {
  readonly freedId: string
  readonly practitionerId: string
  readonly startsAt: string
  readonly endsAt: string
}

/** So many of the line are looked at for one time. */
const MOST_LOOKED_AT = 1_000
const DEFAULT_OFFER_MINUTES = 60
/** When somebody in the line is being changed at this moment, their turn is not passed over. */
const AGAIN_MS = 1_000

interface Waiting extends Pick<WaitlistInput, 'firstDay' | 'lastDay' | 'times'> {
  readonly waitlistEntryId: string
  readonly lengthMinutes: number
  readonly version: number
}

/**
 * Offers what is left of a freed time to the first in line whom it fits, and who was not offered it before. Answers when to look
 * again; undefined: nobody is left. The practitioner is locked by the caller. Within the freed time neither opening hours nor
 * buffers count: staff had put a visit there.
 */
export async function offerNext(
  ctx: ActContext,
  freed: FreedTime,
  { timeZone }: PracticeAnswer,
): Promise<string | undefined> {
  const zone = zoneOf(timeZone)
  const nowMs = ctx.now.epochMilliseconds
  const [free, line, rules] = await Promise.all([
    freeTimes(ctx, freed),
    waitingFor(ctx.tx, freed),
    findRules(ctx.tx),
  ])
  for (const entry of line) {
    const startMs = earliestFit(entry, free, entry.lengthMinutes * MINUTE_MS, zone)
    if (startMs === undefined) continue
    const untilMs = offerUntil(nowMs, startMs, rules?.offerMinutes ?? DEFAULT_OFFER_MINUTES)
    if (untilMs === undefined) continue
    const locked = await lockEntry(ctx.tx, entry.waitlistEntryId, { wait: false })
    if (locked?.version !== entry.version) return moment(ctx.now.add({ milliseconds: AGAIN_MS }))
    const span = { fromMs: startMs, toMs: startMs + entry.lengthMinutes * MINUTE_MS }
    return makeOffer(ctx, freed, locked, { ...span, untilMs, timeZone })
  }
  return undefined
}

/** What of it is taken by nobody, and does not begin too soon. */
async function freeTimes(ctx: ActContext, { practitionerId, startsAt, endsAt }: FreedTime): Promise<Span[]> {
  const [fromMs, toMs] = [startsAt, endsAt].map((at) => Temporal.Instant.from(at).epochMilliseconds)
  const span = { fromMs: Math.max(fromMs!, ctx.now.epochMilliseconds + LEAST_LEAD_MS), toMs: toMs! }
  if (span.fromMs >= span.toMs) return []
  const [busy, offered] = await Promise.all([
    busyDuring(ctx.tx, [practitionerId], span),
    ctx.tx.many<Span>(sql`
      select (extract(epoch from starts_at) * 1000)::bigint as from_ms, (extract(epoch from ends_at) * 1000)::bigint as to_ms
        from waitlist_offer
       where practitioner_id = ${practitionerId} and status = 'offered' and starts_at < ${endsAt} and ends_at > ${startsAt}`),
  ])
  const taken = [...(busy.get(practitionerId) ?? []), ...offered].sort((a, b) => a.fromMs - b.fromMs)
  return freeWithin(span, merged(taken))
}

/**
 * In the order in which they entered. `any` means those who offer the service online. Without those whose patient, by whichever of
 * their places in the line, has an offer already or was offered this time before.
 */
function waitingFor(tx: Tx, { freedId, practitionerId, startsAt, endsAt }: FreedTime): Promise<Waiting[]> {
  return tx.many<Waiting>(sql`
    with asked as (
      select entry_id from waitlist_offer where status = 'offered'
      union all
      select entry_id from waitlist_offer where freed_id = ${freedId})
    select entry.id as waitlist_entry_id, first_day, last_day, times, length_minutes, entry.version
      from waitlist_entry as entry join service_replica as service on service.service_id = entry.service_id
     where status = 'waiting' and service.active
       and length_minutes * interval '1 minute' <= ${endsAt}::timestamptz - ${startsAt}::timestamptz
       and first_day <= ${endsAt}::timestamptz::date + 1 and last_day >= ${startsAt}::timestamptz::date - 1
       and (entry.practitioner_id = ${practitionerId}
            or entry.practitioner_id is null
               and exists (select from booking_service as offered
                            where offered.service_id = entry.service_id and offered.practitioner_id = ${practitionerId}))
       and entry.patient_id not in (select patient_id from waitlist_entry where id in (select entry_id from asked))
     order by entered_at, entry.id limit ${MOST_LOOKED_AT}`)
}

async function makeOffer(
  ctx: ActContext,
  { freedId, practitionerId }: FreedTime,
  entry: LockedEntry,
  { fromMs, toMs, untilMs, timeZone }: Span & { readonly untilMs: number; readonly timeZone: string },
): Promise<string> {
  const [startsAt, endsAt] = [fromMs, toMs].map((ms) => Temporal.Instant.fromEpochMilliseconds(ms).toString())
  const expiresAt = moment(Temporal.Instant.fromEpochMilliseconds(untilMs))
  const offer = { offerId: ctx.newId(), practitionerId, startsAt: startsAt!, endsAt: endsAt!, expiresAt }
  const { waitlistEntryId } = entry
  const version = entry.version + 1
  const made = await ctx.tx.run(sql`
    insert into waitlist_offer (practice_id, id, entry_id, patient_id, freed_id, practitioner_id, starts_at, ends_at, offered_at,
                                expires_at)
    values (current_practice(), ${offer.offerId}, ${waitlistEntryId}, ${entry.patientId}, ${freedId}, ${practitionerId},
            ${startsAt}, ${endsAt}, ${moment(ctx.now)}, ${expiresAt})
    on conflict (practice_id, patient_id) where status = 'offered' do nothing`)
  // Somebody else has just offered them another time: with the next look they are passed over.
  if (made === 0) return moment(ctx.now.add({ milliseconds: AGAIN_MS }))
  await ctx.tx.run(sql`
    update waitlist_entry set status = 'offered', version = ${version} where id = ${waitlistEntryId}`)
  ctx.record(WaitlistOffered, { subject: waitlistEntryId, version, data: toldOf(offer, entry, timeZone) })
  ctx.audit('waitlist-entry', waitlistEntryId, 'offer')
  return expiresAt
}
