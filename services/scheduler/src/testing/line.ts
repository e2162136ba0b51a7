import { passOnFreed } from '../waitlist/pass-on.ts'
import { openBooking } from './booking.ts'
import { created, type Office, openOffice } from './office.ts'

/** Thursday, noon in Chicago. */
export const NOW = '2031-03-06T18:00:00Z'

/** An office with people who wait for times that become free. Each test takes a day of its own. */
export async function openLine() {
  const office = await openOffice()
  office.clock.set(NOW)
  await openBooking(office)
  const portal = await office.as('booking.request')
  let day = Temporal.PlainDate.from('2031-03-10')
  const parts = { database: office.desk.database, relay: office.desk.relay, onFacts: () => undefined }
  return {
    ...lineOf(office, portal),
    office,
    portal,
    parts,
    nextDay: () => {
      do day = day.add({ days: 1 })
      while (day.dayOfWeek > 5)
      return String(day)
    },
    today: () => String(day),
    /** What the worker does when it looks, by the clock of the office. */
    look: () => passOnFreed(parts, office.clock.now()),
    pass: (duration: object) => office.clock.set(office.clock.now().add(duration)),
  }
}

function lineOf(office: Office, portal: Awaited<ReturnType<Office['as']>>) {
  const patient = async (name: string) =>
    created(await office.owner.post('/v1/patients', { name })).patientId as string
  const entry = (id: string) => portal.get(`/v1/waitlist/${id}`).then(created)
  return {
    patient,
    entry,
    /** Somebody new waits for that day. */
    wait: async (day: string, changes: object = {}) => {
      const { serviceId } = office
      const body = { patientId: await patient('Waiting'), serviceId, firstDay: day, lastDay: day, ...changes }
      return created(await portal.post('/v1/waitlist', body)).waitlistEntryId as string
    },
    visit: (day: string, from = '09:00', to = '10:00', more: object = {}) =>
      office.schedule({ start: `${day}T${from}`, end: `${day}T${to}`, ...more }),
    cancel: async (appointmentId: string) =>
      created(await office.owner.post(`/v1/appointments/${appointmentId}/cancel`, { kind: 'cancelled' })),
    offerOf: async (id: string) => (await entry(id)).offer,
    accept: (offerId: string) => portal.post(`/v1/waitlist/offers/${offerId}/accept`),
    decline: (offerId: string) => portal.post(`/v1/waitlist/offers/${offerId}/decline`),
  }
}
