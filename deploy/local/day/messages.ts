import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Practice } from '../practice/folder.ts'
import type { PracticePatient } from '../practice/patients.ts'
import type { Json } from './ensure.ts'
import type { Scene } from './scene.ts'

/** A reminder so many days ahead of a visit that is so many days after the day: its moment lies on the day, whatever the clock shows now. */
const DAYS_AHEAD = 3

/** Appointments by what was sent about them. */
export interface PlayedMessages {
  readonly reminder: string
  readonly confirmation: string
}

/** Who agreed to be reminded by email. */
export const remindable = ({ patients }: Practice): PracticePatient[] =>
  patients.filter(({ email, reminderConsents }) => email !== null && reminderConsents.email)

/**
 * S-09, S-10: a visit is made whose reminder was due on the day, so it goes out at once; and the desk confirms `booked`, the
 * appointment of the patient who waited.
 */
export async function playMessages(
  { desk, people, practice, ids, say }: Scene,
  date: Temporal.PlainDate,
  booked: string,
): Promise<PlayedMessages> {
  const consented = remindable(practice)
  const patient = consented[1] ?? consented[0]!
  const [practitionerId] = ids.practitioners.values()
  const [locationId] = ids.locations.values()
  const { code, lengthMinutes } = practice.about.services[0]!
  const start = date.add({ days: DAYS_AHEAD }).toPlainDateTime('12:00')
  say(`a reminder to ${patient.name}`)
  const { body: visit } = await desk.post(people.frontDesk, 'scheduler', '/v1/appointments', {
    patientId: ids.patients.get(patient.id),
    ...{ practitionerId, locationId, services: [{ serviceId: ids.services.get(code), units: 1 }] },
    start: start.toString({ smallestUnit: 'minute' }),
    end: start.add({ minutes: lengthMinutes }).toString({ smallestUnit: 'minute' }),
    additionalInstructions: 'Please come ten minutes early.',
    reminders: [{ channel: 'email', daysAhead: DAYS_AHEAD }],
  })
  await desk.post(people.frontDesk, 'scheduler', `/v1/appointments/${booked}/confirmation`)
  return { reminder: visit.appointmentId, confirmation: booked }
}

/** The same, as the scheduler has it, and as the mail server has it where the day can look. */
export async function readMessages(
  { desk, people }: Pick<Scene, 'desk' | 'people'>,
  { reminder, confirmation }: PlayedMessages,
  mailbox: string | undefined,
) {
  const sent = async (kind: string, appointmentId: string): Promise<string[]> => {
    const path = `/v1/reminders?kind=${kind}&state=sent&appointmentId=${appointmentId}`
    const { body } = await desk.get(people.frontDesk, 'scheduler', path)
    return body.items.map(({ reminderId }: Json) => String(reminderId))
  }
  const [reminders, confirmations] = [
    await sent('reminder', reminder),
    await sent('confirmation', confirmation),
  ]
  const numbers = { reminded: reminders.length, confirmed: confirmations.length }
  if (mailbox === undefined) return numbers
  return { ...numbers, delivered: countEmails(mailbox, [...reminders, ...confirmations]) }
}

/** By the Message-ID that each has (decision 15): one that came twice counts twice. */
function countEmails(mailbox: string, ids: readonly string[]): number {
  const files = existsSync(mailbox) ? readdirSync(mailbox) : []
  const emails = files.map((file) => readFileSync(join(mailbox, file), 'utf8'))
  return emails.filter((email) => ids.some((id) => email.includes(`Message-ID: <${id}@`))).length
}
