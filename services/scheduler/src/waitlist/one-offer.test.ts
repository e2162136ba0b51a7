import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { sql } from '@praxisbus/runtime'
import { setHours, setUp } from '../testing/booking.ts'
import { NOW, openLine } from '../testing/line.ts'
import { created } from '../testing/office.ts'

/** A patient may wait in several places of the line, for instance for two services; it is one patient. */
let line: Awaited<ReturnType<typeof openLine>>
beforeAll(async () => {
  line = await openLine()
})
beforeEach(() => line.office.clock.set(NOW))
afterAll(() => line.office.close())

/** Two places of one patient, on the same day. */
async function twice(day: string) {
  const patientId = await line.patient('Twice')
  return [await line.wait(day, { patientId }), await line.wait(day, { patientId })] as const
}
const offersOf = async (ids: readonly string[]) =>
  (await Promise.all(ids.map((id) => line.offerOf(id)))).filter((offer) => offer !== null)

describe('S-24 a patient with several places in the line', () => {
  test('S-24 has one offer at a time', async () => {
    const day = line.nextDay()
    const places = await twice(day)
    const [morning, noon] = [await line.visit(day), await line.visit(day, '12:00', '13:00')]
    await line.cancel(morning.appointmentId)
    await line.cancel(noon.appointmentId)
    await line.look()
    expect(await offersOf(places)).toHaveLength(1)
    // Who has no offer is asked for the other time.
    const after = await line.wait(day)
    const later = await line.visit(day, '14:00', '15:00')
    await line.cancel(later.appointmentId)
    await line.look()
    expect(await offersOf(places)).toHaveLength(1)
    expect(await line.offerOf(after)).not.toBeNull()
  })

  test('S-24 who declines a time is not offered it again by their other place', async () => {
    const day = line.nextDay()
    const [first, second] = await twice(day)
    const third = await line.wait(day)
    await line.cancel((await line.visit(day)).appointmentId)
    await line.look()
    created(await line.decline((await line.offerOf(first)).offerId))
    await line.look()
    expect(await line.offerOf(second)).toBeNull()
    expect(await line.offerOf(third)).not.toBeNull()
  })

  test('S-24 has one offer where workers look at times of several practitioners at the same moment', async () => {
    const { office } = line
    const day = line.nextDay()
    const { weekday } = { weekday: Temporal.PlainDate.from(day).dayOfWeek }
    const practitionerIds = [office.practitioner.practitionerId]
    for (const name of ['Two', 'Three', 'Four']) {
      const { practitionerId } = created(await office.owner.post('/v1/practitioners', { name }))
      await setHours(office, practitionerId, { weekly: [{ weekday, from: '09:00', to: '17:00' }] })
      practitionerIds.push(practitionerId)
    }
    await setUp(office, { services: [{ serviceId: office.serviceId, practitionerIds }] })
    const places = [...(await twice(day))]
    const { patientId } = await line.entry(places[0]!)
    for (const practitionerId of practitionerIds)
      places.push(await line.wait(day, { patientId, practitionerId }))
    for (const practitionerId of practitionerIds) {
      const visit = await line.visit(day, '09:00', '10:00', { practitionerId })
      await line.cancel(visit.appointmentId)
    }
    await Promise.all(Array.from({ length: 6 }, () => line.look()))
    line.pass({ seconds: 2 })
    await Promise.all(Array.from({ length: 6 }, () => line.look()))
    expect(await offersOf(places)).toHaveLength(1)
  })

  test('S-24 by the database as well: a second open offer of a patient cannot be written', async () => {
    const { database, practiceId } = line.office.desk
    const day = line.nextDay()
    const [first, second] = await twice(day)
    await line.cancel((await line.visit(day)).appointmentId)
    await line.cancel((await line.visit(day, '12:00', '13:00')).appointmentId)
    await line.look()
    expect(await line.offerOf(first)).not.toBeNull()
    const copy = database.write(practiceId, (tx) =>
      tx.run(sql`
        insert into waitlist_offer (practice_id, id, entry_id, patient_id, freed_id, practitioner_id, starts_at, ends_at, offered_at, expires_at)
        select offer.practice_id, gen_random_uuid(), ${second}, patient_id, other.id, offer.practitioner_id, offer.starts_at,
               offer.ends_at, offered_at, expires_at
          from waitlist_offer as offer, freed_time as other
         where offer.entry_id = ${first} and other.starts_at > offer.ends_at
         order by other.starts_at limit 1`),
    )
    await expect(copy).rejects.toMatchObject({ code: '23505', constraint: 'waitlist_offer_patient' })
  })
})
