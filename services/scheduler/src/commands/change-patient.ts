import { type CommandContext, isRefusal, sql, staleWrite } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'
import { checkPatient, type PatientRecord } from '../domain/patient.ts'
import { queuePatient } from '../google/links.ts'
import { findPatient, notFound } from '../lookups.ts'
import { todayIn } from '../practice.ts'
import { publishPatient } from './register-patient.ts'

/**
 * S-01: replaces what a person enters about a patient; diagnosis codes on file stay. Refuses `not_found`, `stale`,
 * `consent_without_contact`, `born_in_future`.
 */
export async function changePatient(
  ctx: CommandContext,
  { patientId, ...input }: PatientRecord & { patientId: string },
  practice: PracticeAnswer,
) {
  const current = await findPatient(ctx.tx, patientId, 'update')
  if (!current) return notFound('patient', patientId)
  const stale = staleWrite(ctx, current.version)
  if (stale) return stale
  const wrong = checkPatient(input, todayIn(practice, ctx.now))
  if (isRefusal(wrong)) return wrong
  const { email, phone, text } = input.reminderConsents
  const version = current.version + 1
  await ctx.tx.run(sql`
    update patient set name = ${input.name}, birth_date = ${input.birthDate}, email = ${input.email},
           phone = ${input.phone}, address_lines = ${input.addressLines}, consent_email = ${email},
           consent_phone = ${phone}, consent_text = ${text}, version = ${version}
     where id = ${patientId}`)
  // S-19: where Google is told who comes, it is told anew.
  if (input.name !== current.name) await queuePatient(ctx.tx, patientId)
  return publishPatient(ctx, { ...current, ...input, version }, 'change')
}
