import { sql, type Tx } from '@praxisbus/runtime'
import type { Warning } from './answers.ts'

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

/** S-12: names each appointment that meets this one in time with the same practitioner or room. It never blocks. */
export async function overlapWarnings(
  tx: Tx,
  own: {
    readonly appointmentId: string
    readonly practitionerId: string
    readonly roomId: string | null
    readonly showAs: string
    readonly startsAt: string
    readonly endsAt: string
  },
): Promise<Warning[]> {
  if (own.showAs === 'free') return []
  const clashes = await tx.many<Clash>(sql`
    select appointment.id as appointment_id, practitioner_id = ${own.practitionerId} as same_practitioner,
           coalesce(room_id = ${own.roomId}, false) as same_room, practitioner.name as practitioner_name,
           room.name as room_name, to_char(start_local, 'YYYY-MM-DD HH24:MI') as start_local,
           to_char(end_local, 'HH24:MI') as end_local, time_zone
      from appointment
      join practitioner on practitioner.id = practitioner_id
      left join room on room.id = room_id
     where status not in ('cancelled', 'declined', 'deleted') and show_as = 'busy' and appointment.id <> ${own.appointmentId}
       and starts_at < ${own.endsAt} and ends_at > ${own.startsAt}
       -- None lasts longer: bounds the search in the index on the start.
       and starts_at > ${own.startsAt}::timestamptz - interval '24 hours'
       and (practitioner_id = ${own.practitionerId} or room_id = ${own.roomId})
     order by starts_at, appointment.id
     limit ${MOST_NAMED}`)
  return clashes.flatMap((clash) => {
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
  })
}
