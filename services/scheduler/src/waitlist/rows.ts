import { type Sql, sql, type Tx } from '@praxisbus/runtime'
import type { OfferAnswer, WaitlistEntryAnswer } from '../waitlist-answers.ts'

/** An offer as everybody sees it, as of an instant: one that nobody answered in time has lapsed, written down or not. */
function offerView(now: Temporal.Instant): Sql {
  return sql`
    select waitlist_offer.id as offer_id, entry_id as waitlist_entry_id,
           case when waitlist_offer.status = 'offered' and expires_at <= ${now.toString()} then 'lapsed'
                else waitlist_offer.status end as state,
           waitlist_offer.practitioner_id, practitioner.name as practitioner_name, starts_at, ends_at,
           to_char(starts_at at time zone practice.time_zone, 'YYYY-MM-DD"T"HH24:MI') as start,
           to_char(ends_at at time zone practice.time_zone, 'YYYY-MM-DD"T"HH24:MI') as "end", practice.time_zone,
           offered_at, expires_at,
           case when waitlist_offer.status = 'accepted' then entry.appointment_id end as appointment_id
      from waitlist_offer
      join waitlist_entry as entry on entry.id = entry_id
      join practitioner on practitioner.id = waitlist_offer.practitioner_id
      join practice on practice.practice_id = waitlist_offer.practice_id`
}

export function findOffer(tx: Tx, offerId: string, now: Temporal.Instant): Promise<OfferAnswer | undefined> {
  return tx.maybe<OfferAnswer>(sql`${offerView(now)} where waitlist_offer.id = ${offerId}`)
}

/** The offers of these entries that can be answered now. */
export async function openOffers(
  tx: Tx,
  entryIds: readonly string[],
  now: Temporal.Instant,
): Promise<ReadonlyMap<string, OfferAnswer>> {
  const rows = await tx.many<OfferAnswer>(sql`
    ${offerView(now)} where entry_id = any(${entryIds}::uuid[]) and waitlist_offer.status = 'offered'
      and expires_at > ${now.toString()}`)
  return new Map(rows.map((row) => [row.waitlistEntryId, row]))
}

/** An entry without its offer. `today` is the day at the practice. */
export function entryColumns(today: Temporal.PlainDate): Sql {
  return sql`
    entry.id as waitlist_entry_id, entry.patient_id, entry.service_id, coalesce(entry.practitioner_id::text, 'any') as practitioner_id,
    first_day, last_day, times,
    case when entry.status in ('waiting', 'offered') and last_day < ${String(today)}::date then 'over'
         when entry.status = 'offered' then 'waiting' else entry.status end as state,
    entry.appointment_id, entered_at, entry.version`
}

export type EntryRow = Omit<WaitlistEntryAnswer, 'offer'>

/** With what can be answered now, which makes it one that is offered something. */
export function withOffer<Row extends EntryRow>(row: Row, offer: OfferAnswer | undefined) {
  return offer ? { ...row, state: 'offered' as const, offer } : { ...row, offer: null }
}

export async function findEntry(
  tx: Tx,
  entryId: string,
  today: Temporal.PlainDate,
  now: Temporal.Instant,
): Promise<WaitlistEntryAnswer | undefined> {
  const row = await tx.maybe<EntryRow>(
    sql`select ${entryColumns(today)} from waitlist_entry as entry where id = ${entryId}`,
  )
  return row && withOffer(row, (await openOffers(tx, [entryId], now)).get(entryId))
}

/** What a command has to know before it decides; the row stays locked until the transaction ends. */
export interface LockedEntry {
  readonly waitlistEntryId: string
  readonly patientId: string
  readonly serviceId: string
  readonly status: 'waiting' | 'offered' | 'booked' | 'withdrawn'
  readonly version: number
}

/**
 * Locks are taken in this order, so that nobody waits in a circle: practitioner, entry, offer, freed time. Whoever looks for the next
 * in line passes over an entry that somebody else holds, instead of waiting for it.
 */
export function lockEntry(tx: Tx, entryId: string, { wait = true } = {}): Promise<LockedEntry | undefined> {
  return tx.maybe<LockedEntry>(sql`
    select id as waitlist_entry_id, patient_id, service_id, status, version
      from waitlist_entry where id = ${entryId} for update${wait ? sql`` : sql` skip locked`}`)
}

export interface LockedOffer {
  readonly offerId: string
  readonly waitlistEntryId: string
  readonly freedId: string
  readonly practitionerId: string
  readonly startsAt: string
  readonly endsAt: string
  readonly expiresAt: string
  readonly status: OfferAnswer['state']
}

export function lockOffer(tx: Tx, offerId: string): Promise<LockedOffer | undefined> {
  return tx.maybe<LockedOffer>(sql`${OFFER_ROW} where id = ${offerId} for update`)
}

/** The offer that an entry, or a freed time, has open: one at most. Not locked. */
export function openOfferOf(
  tx: Tx,
  of: { readonly entryId: string } | { readonly freedId: string },
): Promise<LockedOffer | undefined> {
  const whose = 'entryId' in of ? sql`entry_id = ${of.entryId}` : sql`freed_id = ${of.freedId}`
  return tx.maybe<LockedOffer>(sql`${OFFER_ROW} where ${whose} and status = 'offered'`)
}

const OFFER_ROW = sql`
  select id as offer_id, entry_id as waitlist_entry_id, freed_id, practitioner_id, starts_at, ends_at, expires_at, status
    from waitlist_offer`
