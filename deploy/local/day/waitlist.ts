import { firstDay } from '../practice/calendar.ts'
import type { Practice } from '../practice/folder.ts'
import { until } from './desk.ts'
import { remindable } from './messages.ts'
import type { Scene } from './scene.ts'

/** In the evening of a day on which nobody of the folder comes. */
const TIME = '19:00'
const DAYS_AHEAD = 10

export interface PlayedWaitlist {
  readonly waitlistEntryId: string
  /** When somebody was to come who called it off, and who waited comes now. */
  readonly start: string
  readonly appointmentId: string
}

/**
 * S-24: a patient waits for a time on that day, with that practitioner; another one calls off theirs. The scheduler offers it by
 * itself, and the patient who waited accepts.
 */
export async function playWaitlist(scene: Scene, date: Temporal.PlainDate): Promise<PlayedWaitlist> {
  const { desk, people, practice, ids, say } = scene
  const [practitionerId] = ids.practitioners.values()
  const { code, lengthMinutes } = practice.about.services[0]!
  const serviceId = ids.services.get(code)
  const { waits, callsOff } = whoOf(practice)
  const day = date.add({ days: freeDayOf(practice) })
  const start = `${day}T${TIME}`
  say(`${callsOff.name} calls off, ${waits.name} waits`)
  const { body: visit } = await desk.post(people.frontDesk, 'scheduler', '/v1/appointments', {
    patientId: ids.patients.get(callsOff.id),
    practitionerId,
    services: [{ serviceId, units: 1 }],
    start,
    end: Temporal.PlainDateTime.from(start)
      .add({ minutes: lengthMinutes })
      .toString({ smallestUnit: 'minute' }),
  })
  const { body: entry } = await desk.post(people.frontDesk, 'scheduler', '/v1/waitlist', {
    ...{ patientId: ids.patients.get(waits.id), serviceId, practitionerId },
    ...{ firstDay: day.toString(), lastDay: day.toString() },
  })
  await desk.post(people.frontDesk, 'scheduler', `/v1/appointments/${visit.appointmentId}/cancel`, {
    kind: 'cancelled',
    reason: 'Travels that week.',
  })
  const { waitlistEntryId } = entry
  const appointmentId = await until(`the time to be offered to ${waits.name}`, () =>
    accepted(scene, waitlistEntryId),
  )
  return { waitlistEntryId, start, appointmentId }
}

/** The appointment once there is one; until then what is offered is accepted. */
async function accepted({ desk, people }: Scene, entryId: string): Promise<string | undefined> {
  const { body: entry } = await desk.get(people.frontDesk, 'scheduler', `/v1/waitlist/${entryId}`)
  if (entry.appointmentId) return entry.appointmentId
  if (!entry.offer) return undefined
  const path = `/v1/waitlist/offers/${entry.offer.offerId}/accept`
  return (await desk.post(people.frontDesk, 'scheduler', path)).body.appointmentId
}

function whoOf(practice: Practice) {
  const waits = remindable(practice)[0] ?? practice.patients[0]!
  return { waits, callsOff: practice.patients.find((patient) => patient !== waits) ?? waits }
}

/** So many days after the folder's first: what is on the calendar already would be no free time. */
function freeDayOf({ visits }: Practice): number {
  const first = firstDay(visits)
  const taken = new Set(visits.map(({ start }) => first.until(start.toPlainDate()).days))
  let days = DAYS_AHEAD
  while (taken.has(days)) days++
  return days
}

/** The same, as the scheduler has it. */
export async function readWaitlist(
  { desk, people }: Pick<Scene, 'desk' | 'people'>,
  { waitlistEntryId, start }: PlayedWaitlist,
) {
  const { body: entry } = await desk.get(people.frontDesk, 'scheduler', `/v1/waitlist/${waitlistEntryId}`)
  if (entry.state !== 'booked') return { waited: 0 }
  const path = `/v1/appointments/${entry.appointmentId}`
  const { body: visit } = await desk.get(people.frontDesk, 'scheduler', path)
  const there = visit.status === 'scheduled' && visit.start === start && visit.patientId === entry.patientId
  return { waited: there ? 1 : 0 }
}
