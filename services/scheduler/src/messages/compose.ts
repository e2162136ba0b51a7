import { type ActContext, sql } from '@praxisbus/runtime'
import type { Outgoing } from '../adapters/messages.ts'
import { invitation } from '../domain/invitation.ts'
import type { Standing } from '../domain/message-sending.ts'
import { type MessageFacts, messageText } from '../domain/message-text.ts'
import { makeLink } from '../feedback/link.ts'

/** A message as the sender locked it. */
export interface ClaimedRow extends Omit<Standing, 'visit' | 'consents' | 'ready'> {
  readonly id: string
  readonly appointmentId: string
  readonly patientId: string
  readonly daysAhead: number | null
  readonly version: number
}

type Facts = Omit<MessageFacts, 'kind' | 'feedbackUrl'> & {
  readonly endsAt: string
  readonly version: number
}

/** What goes out, by what the appointment is at this moment (S-09). */
export async function compose(
  ctx: ActContext,
  message: ClaimedRow,
  to: string,
  publicUrl: string | undefined,
): Promise<Outgoing> {
  const { id, kind, channel, appointmentId } = message
  const facts = await ctx.tx.one<Facts>(sql`
    select practice.name as practice_name, practice.letterhead ->> 'phone' as practice_phone,
           practitioner.name as practitioner_name, practitioner.credentials as practitioner_credentials,
           location.name as location_name, starts_at, ends_at, appointment.time_zone, telehealth_url, additional_instructions,
           appointment.version,
           exists (select from patient_message as earlier
                    where earlier.appointment_id = appointment.id and earlier.kind <> 'feedback'
                      and earlier.state in ('sent', 'unknown') and earlier.starts_at <> appointment.starts_at) as moved
      from appointment
      join practice on practice.practice_id = appointment.practice_id
      join practitioner on practitioner.id = practitioner_id
      left join location on location.id = appointment.location_id
     where appointment.id = ${appointmentId}`)
  const feedbackUrl =
    kind === 'feedback' && publicUrl !== undefined ? await makeLink(ctx, appointmentId, publicUrl) : null
  const { subject, text } = messageText(channel, { ...facts, kind, feedbackUrl })
  const file =
    kind === 'confirmation' && channel === 'email'
      ? {
          name: 'appointment.ics',
          type: 'text/calendar; charset=utf-8; method=PUBLISH',
          bytes: Buffer.from(invitation({ ...facts, appointmentId, now: ctx.now })),
        }
      : undefined
  return { id, channel, to, subject, text, ...(file ? { attachment: file } : {}) }
}
