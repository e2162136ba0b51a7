import { type Json, ok, type Person, type Practice, until } from '../../system/clinic.ts'
import { SECRET } from './recorded.ts'

/** S-09, S-10: a confirmation; and a reminder that cannot go out, since nobody sends texts here, and is to go out once more. */
export async function playReminded({ scheduler }: Person, { practitionerId }: Practice): Promise<void> {
  const { patientId } = await ok(
    scheduler.post('/v1/patients', {
      name: `Text ${SECRET}`,
      phone: '+1 312 555 0177',
      email: `text@${SECRET.toLowerCase()}.example`,
      reminderConsents: { email: true, text: true },
    }),
  )
  const start = Temporal.Now.zonedDateTimeISO('America/Chicago').add({ hours: 3 }).toPlainDateTime()
  const { appointmentId } = await ok(
    scheduler.post('/v1/appointments', {
      ...{ patientId, practitionerId, reminders: [{ channel: 'text', daysAhead: 1 }] },
      start: start.toString({ smallestUnit: 'minute' }),
      end: start.add({ minutes: 45 }).toString({ smallestUnit: 'minute' }),
      timeZone: 'America/Chicago',
    }),
  )
  await ok(scheduler.post(`/v1/appointments/${appointmentId}/confirmation`))
  const { items } = await until(
    () => ok(scheduler.get(`/v1/reminders?state=failed&channel=text&appointmentId=${appointmentId}`)),
    (page: Json) => page.items.length === 1,
    'the reminder to be shown as not sent',
  )
  await ok(scheduler.post(`/v1/reminders/${items[0].reminderId}/retry`, {}))
}
