import { sql, type Tx } from '@praxisbus/runtime'
import type { Warning } from './answers.ts'
import type { AppointmentRecord } from './appointment-rows.ts'

interface Clash {
  readonly appointmentId: string
  readonly samePractitioner: boolean
  readonly sameRoom: boolean
  readonly practitionerName: string
  readonly roomName: string | null
  readonly startLocal: string
  readonly endLocal: string
  readonly timeZone: string
}

/** A group of this size is named in full; more would only be noise. */
const MOST_NAMED = 20

type Own = Pick<
  AppointmentRecord,
  'appointmentId' | 'practitionerId' | 'roomId' | 'showAs' | 'startsAt' | 'endsAt'
>

/**
 * S-12: names each appointment that meets one of these in time with the same practitioner or room. It never blocks. What is
 * marked free takes no time. The appointments of a series are asked for together.
 */
export async function overlapWarnings(tx: Tx, appointments: readonly Own[]): Promise<Warning[]> {
  const busy = appointments.filter(({ showAs }) => showAs === 'busy')
  if (busy.length === 0) return []
  const [clashes, offers] = await Promise.all([findClashes(tx, busy), offerWarnings(tx, busy)])
  return [...clashes.flatMap(warningsOf), ...offers]
}

/**
 * Each is looked for in the index of its practitioner and in that of its room. They are found before they are put in order: with
 * the limit in one statement PostgreSQL walked the whole calendar in the order of time, years of it, waiting for the twentieth.
 */
function findClashes(tx: Tx, busy: readonly Own[]): Promise<Clash[]> {
  const takesTime = sql`
    status not in ('cancelled', 'declined', 'deleted') and show_as = 'busy' and id <> own.id
      and starts_at < own.ends_at and ends_at > own.starts_at
      -- None lasts longer, also not a whole day on which the clock is set back: bounds the search in the index on the start.
      and starts_at > own.starts_at - interval '26 hours'`
  const shown = sql`id, practitioner_id, room_id, starts_at, start_local, end_local, time_zone`
  return tx.many<Clash>(sql`
    with clash as materialized (
      select own.practitioner_id as own_practitioner, own.room_id as own_room, met.*
        from unnest(${busy.map(({ appointmentId }) => appointmentId)}::uuid[], ${busy.map((own) => own.practitionerId)}::uuid[],
                    ${busy.map(({ roomId }) => roomId)}::uuid[], ${busy.map(({ startsAt }) => startsAt)}::timestamptz[],
                    ${busy.map(({ endsAt }) => endsAt)}::timestamptz[]) as own (id, practitioner_id, room_id, starts_at, ends_at)
       cross join lateral (
         select ${shown} from appointment where practitioner_id = own.practitioner_id and ${takesTime}
         union
         select ${shown} from appointment where room_id = own.room_id and ${takesTime}) as met)
    select clash.id as appointment_id, clash.practitioner_id = own_practitioner as same_practitioner,
           coalesce(clash.room_id = own_room, false) as same_room, practitioner.name as practitioner_name,
           room.name as room_name, to_char(start_local, 'YYYY-MM-DD HH24:MI') as start_local,
           to_char(end_local, 'HH24:MI') as end_local, time_zone
      from clash
      join practitioner on practitioner.id = clash.practitioner_id
      left join room on room.id = clash.room_id
     order by clash.starts_at, clash.id
     limit ${MOST_NAMED}`)
}

function warningsOf(clash: Clash): Warning[] {
  const when = `from ${clash.startLocal} to ${clash.endLocal} (${clash.timeZone})`
  const { appointmentId } = clash
  const warnings: Warning[] = []
  if (clash.samePractitioner) {
    const detail = `${clash.practitionerName} already has an appointment ${when}.`
    warnings.push({ code: 'practitioner_busy', field: 'practitionerId', detail, appointmentId })
  }
  if (clash.sameRoom) {
    const detail = `${clash.roomName} is already taken ${when}.`
    warnings.push({ code: 'room_busy', field: 'roomId', detail, appointmentId })
  }
  return warnings
}

/** S-24: staff may put something on a time that somebody on the waitlist has been offered; they are told. */
async function offerWarnings(tx: Tx, busy: readonly Own[]): Promise<Warning[]> {
  const offers = await tx.many<{ expiresAt: string; name: string }>(sql`
    select offer.expires_at, practitioner.name
      from unnest(${busy.map((own) => own.practitionerId)}::uuid[], ${busy.map(({ startsAt }) => startsAt)}::timestamptz[],
                  ${busy.map(({ endsAt }) => endsAt)}::timestamptz[]) as own (practitioner_id, starts_at, ends_at)
      join waitlist_offer as offer on offer.practitioner_id = own.practitioner_id and offer.status = 'offered'
           and offer.starts_at < own.ends_at and offer.ends_at > own.starts_at
      join practitioner on practitioner.id = offer.practitioner_id
     order by offer.starts_at, offer.id limit ${MOST_NAMED}`)
  return offers.map(({ expiresAt, name }) => ({
    code: 'time_offered',
    field: 'practitionerId',
    detail: `${name}’s time is offered to somebody on the waitlist, who may accept it until ${expiresAt}.`,
  }))
}
