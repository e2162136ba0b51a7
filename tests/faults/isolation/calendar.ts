import { ok, type Person, type Practice } from '../../system/clinic.ts'
import { SECRET } from './recorded.ts'

const day = (days: number) => Temporal.Now.plainDateISO('America/Chicago').add({ days })
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

/** S-07, S-13 to S-17: what recurs and is changed, moved and deleted; new zone rules. */
export async function playCalendar({ scheduler }: Person, { practitionerId }: Practice): Promise<void> {
  const first = day(4)
  const asked = { kind: 'other-event', title: `${SECRET} meeting`, practitionerId }
  const times = { start: `${first}T07:00`, end: `${first}T07:30` }
  const recurrence = { frequency: 'weekly', weekdays: [WEEKDAYS[first.dayOfWeek - 1]], count: 4 }
  const begun = await ok(scheduler.post('/v1/appointments', { ...asked, ...times, recurrence }))
  const path = `/v1/appointments/${begun.appointmentId}`
  const change = { scope: 'this-and-future', title: `${SECRET} round` }
  const { plan } = await ok(scheduler.post(`${path}/preview-change`, change))
  await ok(scheduler.patch(path, { ...change, plan }))
  await ok(scheduler.post(`${path}/reschedule`, { start: `${first}T07:15`, end: `${first}T07:45` }))
  await ok(scheduler.post(`${path}/preview-deletion`))
  await ok(scheduler.get(`/v1/series/${begun.seriesId}/occurrences`))
  await ok(scheduler.post('/v1/time-zones/recompute'))
}

/** S-18: the practice takes bookings; of two that a patient asks for one is accepted and one declined. */
export async function playBooking(
  { scheduler }: Person,
  { practitionerId, serviceId }: Practice,
): Promise<void> {
  const weekly = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, from: '09:00', to: '17:00' }))
  await ok(scheduler.put(`/v1/practitioners/${practitionerId}/opening-hours`, { weekly }))
  const services = [{ serviceId, practitionerIds: [practitionerId] }]
  await ok(scheduler.put('/v1/booking/settings', { enabled: true, services }))
  const days = `from=${day(6)}&to=${day(8)}`
  const { slots } = await ok(
    scheduler.get(`/v1/booking/slots?serviceId=${serviceId}&practitionerId=${practitionerId}&${days}`),
  )
  for (const [verb, slot] of [
    ['accept', slots[0]],
    ['decline', slots.at(-1)],
  ] as const) {
    const { appointmentId } = await ok(
      scheduler.post('/v1/booking/requests', {
        ...{ serviceId, practitionerId, startsAt: slot.startsAt },
        newPatient: { name: `Booking ${SECRET}`, email: `booking@${SECRET.toLowerCase()}.example` },
      }),
    )
    await ok(scheduler.get(`/v1/booking/requests/${appointmentId}`))
    await ok(scheduler.post(`/v1/appointments/${appointmentId}/${verb}`, {}))
  }
}
