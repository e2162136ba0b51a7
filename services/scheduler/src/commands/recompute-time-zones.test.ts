import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { AppointmentRescheduled, AppointmentScheduled } from '@praxisbus/contracts'
import pg from 'pg'
import { lapseRequests } from '../booking/lapse.ts'
import { firstSlotOf, nextWorkday, openBooking } from '../testing/booking.ts'
import { created, type Office, openOffice } from '../testing/office.ts'
import { waitsForALock, waitsForCalendar } from '../testing/waiting.ts'

const NOW = '2031-03-06T18:00:00Z'
const PATH = '/v1/time-zones/recompute'

let office: Office
let client: pg.Client
beforeAll(async () => {
  office = await openOffice()
  office.clock.set(NOW)
  await openBooking(office)
  client = new pg.Client({ connectionString: office.desk.adminUrl })
  await client.connect()
})
beforeEach(() => office.clock.set(NOW))
afterAll(async () => {
  await client.end()
  await office.close()
})

let day = Temporal.PlainDate.from('2031-03-10')
/** The starts of two slots back to back, on a day of their own. */
function nextSlots(): [string, string] {
  day = nextWorkday(day)
  const first = firstSlotOf(day)
  return [first, String(Temporal.Instant.from(first).add({ minutes: 45 }))]
}
async function request(startsAt: string) {
  const { serviceId, patient } = office
  const asked = { serviceId, practitionerId: 'any', patientId: patient.patientId, startsAt }
  return created(await office.owner.post('/v1/booking/requests', asked)).appointmentId as string
}
/** As older rules had them: all at once, and when the requests lapse. */
async function asOlderRulesHadIt(ids: readonly string[], minutes: number) {
  const shift = `interval '${minutes} minutes'`
  await client.query(
    `update appointment set starts_at = starts_at + ${shift}, ends_at = ends_at + ${shift} where id = any($1::uuid[])`,
    [ids],
  )
  await client.query(
    `update booking_request set lapses_at = lapses_at + ${shift} where appointment_id = any($1::uuid[])`,
    [ids],
  )
}
const recompute = async (query = '') => created(await office.owner.post(`${PATH}${query}`))
const read = async (id: string) => created(await office.owner.get(`/v1/appointments/${id}`))
const stateOf = async (id: string) => created(await office.owner.get(`/v1/booking/requests/${id}`)).state
const toldOf = async (id: string) =>
  (await office.desk.facts(AppointmentRescheduled)).filter(({ key }) => key === id)

describe('new zone rules and requests that wait for an answer', () => {
  test.each([30, -30])('S-08, S-18 two back to back move together (%s minutes)', async (minutes) => {
    const slots = nextSlots()
    const ids = [await request(slots[0]), await request(slots[1])]
    await asOlderRulesHadIt(ids, minutes)
    expect(await recompute()).toMatchObject({ moved: 2, heldBack: [], next: null })
    expect(await Promise.all(ids.map(async (id) => (await read(id)).startsAt))).toEqual(slots)
  })

  test('S-18 one lapses at its start by the new rules, not by the old', async () => {
    const [slot] = nextSlots()
    const id = await request(slot)
    await asOlderRulesHadIt([id], -60)
    expect(await recompute()).toMatchObject({ moved: 1 })
    office.clock.set(String(Temporal.Instant.from(slot).subtract({ minutes: 30 })))
    expect(await stateOf(id)).toBe('pending')
    const { database, relay } = office.desk
    await lapseRequests({ database, relay, onFacts: () => undefined }, office.clock.now())
    expect(created(await office.owner.post(`/v1/appointments/${id}/accept`)).status).toBe('scheduled')
  })

  test('S-08, S-18 it is told as no visit; who accepts it tells where it is by then', async () => {
    const [slot] = nextSlots()
    const id = await request(slot)
    await asOlderRulesHadIt([id], 60)
    await recompute()
    expect(await toldOf(id)).toEqual([])
    created(await office.owner.post(`/v1/appointments/${id}/accept`))
    const told = (await office.desk.facts(AppointmentScheduled)).filter(({ key }) => key === id)
    expect(told).toMatchObject([{ data: { startsAt: slot }, sequence: 3 }])
  })

  test('S-18 one that would come to lie over another stays, is named, and moves when the other is declined', async () => {
    const [first, second] = nextSlots()
    const [moving, standing] = [await request(first), await request(second)]
    // By the old rules at an hour of the clock that the new ones give to another: by the clock both begin at the same time.
    await client.query(
      `update appointment as moving set start_local = standing.start_local, end_local = standing.end_local
         from appointment as standing where moving.id = $1 and standing.id = $2`,
      [moving, standing],
    )
    expect(await recompute()).toMatchObject({ moved: 0, heldBack: [moving] })
    expect(await read(moving)).toMatchObject({ startsAt: first, version: 1 })
    created(await office.owner.post(`/v1/appointments/${standing}/decline`, {}))
    expect(await recompute()).toMatchObject({ moved: 1, heldBack: [] })
    expect((await read(moving)).startsAt).toBe(second)
  })
})

describe('new zone rules and a whole calendar', () => {
  test('S-08 so many at once, and the answer says how to go on until all are done', async () => {
    const visits = []
    for (let number = 0; number < 5; number++) {
      day = nextWorkday(day)
      visits.push(await office.schedule({ start: `${day}T11:00`, end: `${day}T11:50` }))
    }
    const ids = visits.map(({ appointmentId }) => appointmentId)
    const before = await recompute()
    await asOlderRulesHadIt(ids, 60)
    let [rounds, looked, moved] = [0, 0, 0]
    for (let next: string | null = ''; next !== null && rounds < 20; rounds++) {
      const answer: { looked: number; moved: number; next: string | null } = await recompute(
        `?limit=2${next && `&after=${next}`}`,
      )
      ;[looked, moved, next] = [looked + answer.looked, moved + answer.moved, answer.next]
    }
    expect({ looked, moved }).toEqual({ looked: before.looked, moved: 5 })
    expect(rounds).toBeGreaterThanOrEqual(3)
    for (const { appointmentId, startsAt } of visits) {
      expect(await read(appointmentId)).toMatchObject({ startsAt, version: 2 })
      expect(await toldOf(appointmentId)).toHaveLength(1)
    }
  })

  test('S-08 what is cancelled while it waits for the lock stays as it is', async () => {
    day = nextWorkday(day)
    const visit = await office.schedule({ start: `${day}T11:00`, end: `${day}T11:50` })
    await asOlderRulesHadIt([visit.appointmentId], 60)
    await client.query('begin')
    await client.query(`update appointment set status = 'cancelled' where id = $1`, [visit.appointmentId])
    const answer = recompute()
    await waitsForALock(client)
    await client.query('commit')
    expect(await answer).toMatchObject({ moved: 0 })
    expect(await toldOf(visit.appointmentId)).toEqual([])
  })

  test('S-08, S-18 it comes after whoever writes into the calendar at this moment', async () => {
    day = nextWorkday(day)
    const visit = await office.schedule({ start: `${day}T11:00`, end: `${day}T11:50` })
    await asOlderRulesHadIt([visit.appointmentId], 60)
    const answer = await waitsForCalendar(office.desk.adminUrl, visit.practitionerId, () => recompute())
    expect(answer).toMatchObject({ moved: 1 })
  })
})
