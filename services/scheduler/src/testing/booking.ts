import { created, type Office, PRACTICE } from './office.ts'

export const MONDAY_TO_FRIDAY = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: '09:00', to: '17:00' }))

/** What the office's practitioner offers online unless a test says otherwise: its 45-minute service, from 9 to 5. */
export async function openBooking(
  office: Office,
  settings: object = {},
  weekly: object[] = MONDAY_TO_FRIDAY,
) {
  const { practitionerId } = office.practitioner
  await setHours(office, practitionerId, { weekly })
  await setUp(office, settings)
}

export async function setUp(office: Office, settings: object = {}) {
  const { serviceId, practitioner } = office
  const current = created(await office.owner.get('/v1/booking/settings'))
  const body = {
    enabled: true,
    earliestNoticeMinutes: 60,
    furthestDays: 365,
    // One patient asks for everything here; the default is tested by itself.
    mostPending: 100,
    services: [{ serviceId, practitionerIds: [practitioner.practitionerId] }],
    ...settings,
  }
  const options = current.version > 0 ? { ifMatch: current.version } : {}
  return created(await office.owner.put('/v1/booking/settings', body, options))
}

export async function setHours(office: Office, practitionerId: string, hours: object) {
  const path = `/v1/practitioners/${practitionerId}/opening-hours`
  const current = created(await office.owner.get(path))
  const options = current.version > 0 ? { ifMatch: current.version } : {}
  return created(await office.owner.put(path, hours, options))
}

/** The starts of slots on these days, by the practice's clock. */
export async function slotsOn(office: Office, from: string, more: Record<string, string> = {}, to = from) {
  const query = new URLSearchParams({ serviceId: office.serviceId, from, to, ...more })
  const answer = created(await office.owner.get(`/v1/booking/slots?${query}`))
  return answer.slots.map(({ start }: { start: string }) => start.slice(11))
}

export function nextWorkday(day: Temporal.PlainDate): Temporal.PlainDate {
  const next = day.add({ days: 1 })
  return next.dayOfWeek > 5 ? nextWorkday(next) : next
}

/** When that day's first slot begins, by the practice's clock: an instant. */
export const firstSlotOf = (day: Temporal.PlainDate): string =>
  day.toZonedDateTime({ timeZone: PRACTICE.timeZone, plainTime: '09:00' }).toInstant().toString()
