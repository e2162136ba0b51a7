import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { z } from 'zod'
import { addressLines, date, email, name, phone } from './input.ts'
import type { Channel } from './reminders.ts'

/** What a person enters about a patient; PUT replaces all of it. */
export const patientRecord = z.strictObject({
  name,
  birthDate: date.nullable().default(null),
  email: email.nullable().default(null),
  phone: phone.nullable().default(null),
  addressLines: addressLines.default([]),
  reminderConsents: z
    .strictObject({
      email: z.boolean().default(false),
      phone: z.boolean().default(false),
      text: z.boolean().default(false),
    })
    .default({ email: false, phone: false, text: false }),
})
export type PatientRecord = z.infer<typeof patientRecord>

/**
 * Refuses `consent_without_contact` (a channel that leads nowhere) and `born_in_future`, by the calendar of the practice.
 */
export function checkPatient(
  patient: PatientRecord,
  today: Temporal.PlainDate,
): Refusal<'consent_without_contact' | 'born_in_future'> | undefined {
  const leadsTo = { email: patient.email, phone: patient.phone, text: patient.phone }
  for (const channel of ['email', 'phone', 'text'] satisfies Channel[]) {
    if (!patient.reminderConsents[channel] || leadsTo[channel] !== null) continue
    const contact = channel === 'email' ? 'email' : 'phone'
    return refuse('consent_without_contact', {
      field: `reminderConsents.${channel}`,
      detail: `Reminders by ${channel} need the patient's ${contact}.`,
      next: `Send ${contact} too, or leave this consent off.`,
    })
  }
  if (patient.birthDate !== null && Temporal.PlainDate.compare(patient.birthDate, today) > 0) {
    return refuse('born_in_future', {
      field: 'birthDate',
      detail: `${patient.birthDate} is still to come.`,
      next: 'Correct the birth date, or leave it out.',
    })
  }
  return undefined
}
