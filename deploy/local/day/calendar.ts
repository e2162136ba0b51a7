import type { Desk } from './desk.ts'
import type { Json } from './ensure.ts'
import type { People } from './people.ts'
import type { Scene } from './scene.ts'

/** How often the team meets, from next week on. */
export const MEETINGS = 4
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']

/** What the desk did to the calendar of the weeks to come. */
export interface PlayedCalendar {
  readonly seriesId: string
  readonly movedTo: string
  readonly requestId: string
}

/**
 * S-07, S-13, S-14, S-18: the team meets every week, a quarter of an hour later than was first written down; and a patient books
 * online, which the desk accepts.
 */
export async function playCalendar(
  { desk, people, practice, ids, say }: Scene,
  date: Temporal.PlainDate,
): Promise<PlayedCalendar> {
  const [practitionerId] = ids.practitioners.values()
  const [serviceId] = ids.services.values()
  const [patientId] = ids.patients.values()
  say('the team’s meetings')
  const first = date.add({ days: 8 })
  const meeting = { kind: 'other-event', title: 'Team meeting', practitionerId }
  const begun = await desk.post(people.owner, 'scheduler', '/v1/appointments', {
    ...meeting,
    start: `${first}T07:00`,
    end: `${first}T07:30`,
    recurrence: { frequency: 'weekly', weekdays: [WEEKDAYS[first.dayOfWeek - 1]], count: MEETINGS },
  })
  const movedTo = `${first}T07:15`
  const path = `/v1/appointments/${begun.body.appointmentId}/reschedule`
  const later = { start: movedTo, end: `${first}T07:45`, scope: 'this-and-future' }
  const moved = await desk.post(people.owner, 'scheduler', path, later)
  say('a patient books online')
  await takeBookings(desk, people, { practitionerId: practitionerId!, serviceId: serviceId! })
  const request = await desk.post(people.frontDesk, 'scheduler', '/v1/booking/requests', {
    ...{ serviceId, practitionerId, patientId },
    startsAt: lunchtime(date.add({ days: 21 }), practice.about.timeZone),
  })
  const { appointmentId: requestId } = request.body
  await desk.post(people.frontDesk, 'scheduler', `/v1/appointments/${requestId}/accept`)
  return { seriesId: moved.body.seriesId, movedTo, requestId }
}

/**
 * At noon of that day. Of a Saturday and a Sunday it becomes the Monday after, each at another hour: played on three days in a row
 * they would want one slot.
 */
function lunchtime(day: Temporal.PlainDate, timeZone: string): string {
  const weekday = day.dayOfWeek > 5 ? day.add({ days: 8 - day.dayOfWeek }) : day
  const plainTime = { 6: '10:00', 7: '14:00' }[day.dayOfWeek] ?? '12:00'
  return weekday.toZonedDateTime({ timeZone, plainTime }).toInstant().toString()
}

async function takeBookings(
  desk: Desk,
  people: People,
  { practitionerId, serviceId }: { practitionerId: string; serviceId: string },
): Promise<void> {
  const weekly = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: '09:00', to: '17:00' }))
  const services = [{ serviceId, practitionerIds: [practitionerId] }]
  await ensureOnce(desk, people, `/v1/practitioners/${practitionerId}/opening-hours`, { weekly })
  await ensureOnce(desk, people, '/v1/booking/settings', { enabled: true, offerMinutes: 1_440, services })
}

/** What an earlier run set stays. */
async function ensureOnce(desk: Desk, people: People, path: string, body: Json): Promise<void> {
  const { body: present } = await desk.get(people.owner, 'scheduler', path)
  if (present.version === 0) await desk.put(people.owner, 'scheduler', path, body)
}

/** The same, as the scheduler has it. */
export async function readCalendarAhead(
  { desk, people }: { readonly desk: Desk; readonly people: People },
  { seriesId, movedTo, requestId }: PlayedCalendar,
) {
  const { body: series } = await desk.get(people.owner, 'scheduler', `/v1/series/${seriesId}/occurrences`)
  const at = movedTo.slice(10)
  const { body: booked } = await desk.get(people.frontDesk, 'scheduler', `/v1/appointments/${requestId}`)
  return {
    meetings: series.items.filter(
      ({ start, appointmentId }: Json) => appointmentId && String(start).endsWith(at),
    ).length,
    booked: booked.status === 'scheduled' ? 1 : 0,
  }
}
