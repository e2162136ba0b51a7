import { PatientChanged } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, sql } from '@praxisbus/runtime'
import type { PatientAnswer, PracticeAnswer } from '../answers.ts'
import { checkPatient, type PatientRecord } from '../domain/patient.ts'
import { todayIn } from '../practice.ts'

/** S-01. Refuses `consent_without_contact`, `born_in_future`. */
export async function registerPatient(ctx: CommandContext, input: PatientRecord, practice: PracticeAnswer) {
  const wrong = checkPatient(input, todayIn(practice, ctx.now))
  if (isRefusal(wrong)) return wrong
  return insertPatient(ctx, input)
}

/** Writes and publishes a record that was checked. */
export async function insertPatient(ctx: CommandContext, input: PatientRecord): Promise<PatientAnswer> {
  const patientId = ctx.newId()
  const { email, phone, text } = input.reminderConsents
  await ctx.tx.run(sql`
    insert into patient (practice_id, id, name, birth_date, email, phone, address_lines, consent_email, consent_phone,
                         consent_text)
    values (${ctx.principal.practiceId}, ${patientId}, ${input.name}, ${input.birthDate}, ${input.email}, ${input.phone},
            ${input.addressLines}, ${email}, ${phone}, ${text})`)
  return publishPatient(ctx, { patientId, ...input, diagnosisCodes: [], version: 1 }, 'register')
}

export function publishPatient(
  ctx: CommandContext,
  patient: PatientAnswer,
  action: 'register' | 'change' | 'add diagnosis',
): PatientAnswer {
  const { version, ...data } = patient
  ctx.record(PatientChanged, { subject: data.patientId, version, data })
  ctx.audit('patient', data.patientId, action)
  return patient
}
