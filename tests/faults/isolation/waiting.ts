import { type Json, ok, type Person, type Practice, until } from '../../system/clinic.ts'
import { SECRET } from './recorded.ts'

const day = (days: number) => Temporal.Now.plainDateISO('America/Chicago').add({ days })

/** S-18: a request is withdrawn. S-24: two patients wait; what becomes free is declined by the first and accepted by the second, and a third waits no more. */
export async function playWaiting(
  { scheduler }: Person,
  { practitionerId, serviceId }: Practice,
): Promise<void> {
  const wanted = { serviceId, practitionerId, firstDay: `${day(9)}`, lastDay: `${day(9)}` }
  const join = async (name: string) => {
    const { patientId } = await ok(scheduler.post('/v1/patients', { name: `${name} ${SECRET}` }))
    return ok(scheduler.post('/v1/waitlist', { patientId, ...wanted }))
  }
  const [first, second, third] = [await join('First'), await join('Second'), await join('Third')]
  const path = `/v1/waitlist/${first.waitlistEntryId}`
  await ok(scheduler.put(path, { ...wanted, times: [] }, { ifMatch: first.version }))
  await ok(scheduler.post(`/v1/waitlist/${third.waitlistEntryId}/withdraw`, {}))
  const { slots } = await ok(
    scheduler.get(
      `/v1/booking/slots?serviceId=${serviceId}&practitionerId=${practitionerId}&from=${day(9)}&to=${day(9)}`,
    ),
  )
  const booked = await ok(
    scheduler.post('/v1/booking/requests', {
      ...{ serviceId, practitionerId, startsAt: slots[4].startsAt },
      newPatient: { name: `Leaving ${SECRET}`, email: `leaving@${SECRET.toLowerCase()}.example` },
    }),
  )
  const unwanted = await ok(
    scheduler.post('/v1/booking/requests', {
      ...{ serviceId, practitionerId, startsAt: slots.at(-1).startsAt },
      newPatient: { name: `Elsewhere ${SECRET}`, email: `elsewhere@${SECRET.toLowerCase()}.example` },
    }),
  )
  await ok(scheduler.post(`/v1/booking/requests/${unwanted.appointmentId}/withdraw`, {}))
  await ok(scheduler.post(`/v1/appointments/${booked.appointmentId}/accept`, {}))
  await ok(scheduler.post(`/v1/appointments/${booked.appointmentId}/cancel`, { kind: 'cancelled' }))
  for (const [entry, verb] of [
    [first, 'decline'],
    [second, 'accept'],
  ] as const) {
    const { offer } = await until(
      () => ok(scheduler.get(`/v1/waitlist/${entry.waitlistEntryId}`)),
      (shown: Json) => shown.offer,
      'the time to be offered',
    )
    await ok(scheduler.get(`/v1/waitlist/offers/${offer.offerId}`))
    await ok(scheduler.post(`/v1/waitlist/offers/${offer.offerId}/${verb}`, {}))
  }
}
