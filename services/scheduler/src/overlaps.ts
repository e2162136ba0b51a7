import { type Sql, sql, type Tx } from '@praxisbus/runtime'
import type { Warning } from './appointment-answers.ts'
import type { AppointmentRecord } from './appointment-rows.ts'

/** What meets one of the appointments in time: another appointment or, where `expiresAt` stands, a time that is offered (S-24). */
interface Met {
  /** Whom it meets. */
  readonly ownId: string
  readonly id: string
  readonly practitionerId: string
  readonly roomId: string | null
  readonly startsAt: string
  /** Local time of its own zone; null in an offer. */
  readonly startLocal: string
  readonly endLocal: string
  readonly timeZone: string
  readonly expiresAt: string | null
}

/** A group of this size is named in full; more would only be noise. */
const MOST_NAMED = 20

type Own = Pick<
  AppointmentRecord,
  'appointmentId' | 'practitionerId' | 'roomId' | 'showAs' | 'startsAt' | 'endsAt'
>

/**
 * S-12: names each appointment that meets one of these in time with the same practitioner or room, and S-24 each time that is
 * offered to somebody on the waitlist. It never blocks. What is marked free takes no time. The appointments of a series are
 * asked for together.
 */
export async function overlapWarnings(tx: Tx, appointments: readonly Own[]): Promise<Warning[]> {
  const busy = appointments.filter(({ showAs }) => showAs === 'busy')
  if (busy.length === 0) return []
  const found = await tx.many<Met>(whatMeets(busy))
  if (found.length === 0) return []
  const met = found.sort(byTime).slice(0, MOST_NAMED)
  const names = await namesOf(tx, met)
  const ownOf = new Map(busy.map((own) => [own.appointmentId, own]))
  return met.flatMap((one) =>
    one.expiresAt === null ? clashWarnings(ownOf.get(one.ownId)!, one, names) : [offerWarning(one, names)],
  )
}

const byTime = (a: Met, b: Met) => compare(a.startsAt, b.startsAt) || compare(a.id, b.id)
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Looked for in the indexes of practitioner and room. What is found is put in order afterwards (`offset 0`): otherwise PostgreSQL
 * walks the whole calendar in the order of time, years of it, waiting for the twentieth.
 */
function whatMeets(busy: readonly Own[]): Sql {
  const { from, bound } = busy.length === 1 ? one(busy[0]!) : several(busy)
  const takesTime = sql`
    select own.id as own_id, id, practitioner_id, room_id, starts_at, start_local, end_local, time_zone,
           null::timestamptz as expires_at
      from appointment
     where status not in ('cancelled', 'declined', 'deleted') and show_as = 'busy' and id <> own.id
       and starts_at < own.ends_at and ends_at > own.starts_at
       -- None lasts longer, also not a whole day on which the clock is set back: bounds the search in the index on the start.
       and starts_at > own.starts_at - interval '26 hours'`
  const inTheRoom = busy.some(({ roomId }) => roomId !== null)
    ? sql`union all ${takesTime} and room_id = own.room_id and practitioner_id <> own.practitioner_id`
    : sql``
  return sql`
    select met.*
      from ${from} as own (id, practitioner_id, room_id, starts_at, ends_at)
     cross join lateral (
       ${takesTime} and practitioner_id = own.practitioner_id
       ${inTheRoom}
       union all
       select own.id, id, practitioner_id, null, starts_at, null, null, null, expires_at
         from waitlist_offer
        where status = 'offered' and practitioner_id = own.practitioner_id
          and starts_at < own.ends_at and ends_at > own.starts_at
       offset 0) as met
     ${bound}`
}

/** `offset 0` hides the times from PostgreSQL's planner, which would believe that planning anew for each pays: ten times the look itself. */
function one({ appointmentId, practitionerId, roomId, startsAt, endsAt }: Own) {
  return {
    from: sql`(select ${appointmentId}::uuid, ${practitionerId}::uuid, ${roomId}::uuid, ${startsAt}::timestamptz,
                      ${endsAt}::timestamptz offset 0)`,
    bound: sql``,
  }
}

function several(busy: readonly Own[]) {
  return {
    from: sql`unnest(${busy.map(({ appointmentId }) => appointmentId)}::uuid[], ${busy.map((own) => own.practitionerId)}::uuid[],
                     ${busy.map(({ roomId }) => roomId)}::uuid[], ${busy.map(({ startsAt }) => startsAt)}::timestamptz[],
                     ${busy.map(({ endsAt }) => endsAt)}::timestamptz[])`,
    bound: sql`order by starts_at, id limit ${MOST_NAMED}`,
  }
}

type Names = ReadonlyMap<string, string>

/** Asked only where there is something to say. */
async function namesOf(tx: Tx, met: readonly Met[]): Promise<Names> {
  const rows = await tx.many<{ id: string; name: string }>(sql`
    select id, name from practitioner where id = any(${met.map(({ practitionerId }) => practitionerId)}::uuid[])
    union all
    select id, name from room where id = any(${met.flatMap(({ roomId }) => roomId ?? [])}::uuid[])`)
  return new Map(rows.map(({ id, name }) => [id, name]))
}

function clashWarnings(own: Own, met: Met, names: Names): Warning[] {
  const day = met.startLocal.slice(0, 10)
  const when = `from ${day} ${met.startLocal.slice(11, 16)} to ${met.endLocal.slice(11, 16)} (${met.timeZone})`
  const { id: appointmentId } = met
  const warnings: Warning[] = []
  if (met.practitionerId === own.practitionerId) {
    const detail = `${names.get(met.practitionerId)} already has an appointment ${when}.`
    warnings.push({ code: 'practitioner_busy', field: 'practitionerId', detail, appointmentId })
  }
  if (met.roomId !== null && met.roomId === own.roomId) {
    const detail = `${names.get(met.roomId)} is already taken ${when}.`
    warnings.push({ code: 'room_busy', field: 'roomId', detail, appointmentId })
  }
  return warnings
}

/** S-24: staff may put something on a time that somebody on the waitlist has been offered; they are told. */
function offerWarning({ practitionerId, expiresAt }: Met, names: Names): Warning {
  return {
    code: 'time_offered',
    field: 'practitionerId',
    detail: `${names.get(practitionerId)}’s time is offered to somebody on the waitlist, who may accept it until ${expiresAt}.`,
  }
}
