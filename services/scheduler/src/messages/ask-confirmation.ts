import { type CommandContext, isRefusal, sql } from '@praxisbus/runtime'
import { confirmationChannel } from '../domain/confirmation.ts'

type Asking = Pick<CommandContext, 'tx' | 'now' | 'newId' | 'audit'>

interface VisitRow {
  readonly patientId: string
  readonly status: string
  readonly startsAt: string
  readonly consentEmail: boolean
  readonly consentText: boolean
}

/**
 * S-09: confirms an appointment to its patient: it goes out right after the commit, with what the appointment is then. One that still
 * waits is the same one. The appointment is locked by the caller, or was made in this transaction. Refuses what
 * domain/confirmation.ts says; the id of the message otherwise.
 */
export async function askConfirmation(ctx: Asking, appointmentId: string) {
  const visit = await ctx.tx.one<VisitRow>(sql`
    select patient_id, status, appointment.starts_at, consent_email, consent_text
      from appointment join patient on patient.id = patient_id where appointment.id = ${appointmentId}`)
  const consents = { email: visit.consentEmail, text: visit.consentText }
  const channel = confirmationChannel(visit, consents, ctx.now)
  if (isRefusal(channel)) return channel
  const own = sql`appointment_id = ${appointmentId} and kind = 'confirmation' and channel = ${channel}`
  const { waiting, ordinal } = await ctx.tx.one<{ waiting: string | null; ordinal: number }>(sql`
    select (select id from patient_message where ${own} and state = 'waiting') as waiting,
           (select coalesce(max(ordinal), 0) + 1 from patient_message where ${own}) as ordinal`)
  if (waiting) return waiting
  const id = ctx.newId()
  const now = ctx.now.toString()
  await ctx.tx.run(sql`
    insert into patient_message (practice_id, id, appointment_id, patient_id, kind, channel, ordinal, starts_at, due_at, state,
                                 next_look_at, planned_at)
    values (current_practice(), ${id}, ${appointmentId}, ${visit.patientId}, 'confirmation', ${channel}, ${ordinal},
            ${visit.startsAt}, ${now}, 'waiting', ${now}, ${now})`)
  ctx.audit('patient-message', id, 'ask for confirmation')
  return id
}

/** For verbs that make an appointment: nothing where nobody asked for it. */
export async function confirmIfAsked(ctx: Asking, appointmentId: string, asked: boolean) {
  const answer = asked ? await askConfirmation(ctx, appointmentId) : undefined
  return isRefusal(answer) ? answer : undefined
}
