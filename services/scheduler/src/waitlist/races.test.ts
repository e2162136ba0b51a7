import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { WaitlistAccepted, WaitlistLapsed, WaitlistOffered } from '@praxisbus/contracts'
import { sql } from '@praxisbus/runtime'
import { waitFor } from '@praxisbus/testing'
import pg from 'pg'
import { MONDAY_TO_FRIDAY, setHours, setUp } from '../testing/booking.ts'
import { NOW, openLine } from '../testing/line.ts'
import { created } from '../testing/office.ts'
import { passOnFreed } from './pass-on.ts'

/** Patients, staff and several workers at once: each time has one taker, each patient one offer, and nobody a fault. */
let line: Awaited<ReturnType<typeof openLine>>
beforeAll(async () => {
  line = await openLine()
})
beforeEach(() => line.office.clock.set(NOW))
afterAll(() => line.office.close())

const times = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))
const factsOf = async (
  contract: typeof WaitlistOffered | typeof WaitlistAccepted | typeof WaitlistLapsed,
  id: string,
) => (await line.office.desk.facts(contract)).filter(({ key }) => key === id).length
const startOf = (day: string, time = '09:00') =>
  Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: 'America/Chicago', plainTime: time }).toInstant()

describe('S-24 several workers', () => {
  test('S-24 make one offer of one time, and pass it on once', async () => {
    const { visit, wait, cancel, look, offerOf, pass } = line
    const day = line.nextDay()
    const [first, second] = [await wait(day), await wait(day)]
    await cancel((await visit(day)).appointmentId)
    await times(6, look)
    expect([await factsOf(WaitlistOffered, first), await factsOf(WaitlistOffered, second)]).toEqual([1, 0])
    pass({ minutes: 60 })
    await times(6, look)
    expect(await factsOf(WaitlistLapsed, first)).toBe(1)
    expect(await factsOf(WaitlistOffered, second)).toBe(1)
    expect(await offerOf(second)).not.toBeNull()
  })

  test('S-24 one that is killed in its work has done nothing, and the next does it', async () => {
    const { office, parts, visit, wait, cancel, look, offerOf } = line
    const day = line.nextDay()
    const id = await wait(day)
    await cancel((await visit(day)).appointmentId)
    // One holds what the worker needs, the other ends its session there. (A transaction sees the sessions of its beginning.)
    const [holder, killer] = [new pg.Client(office.desk.adminUrl), new pg.Client(office.desk.adminUrl)]
    await Promise.all([holder.connect(), killer.connect()])
    try {
      await holder.query('begin')
      await holder.query('select from practitioner where id = $1 for no key update', [
        office.practitioner.practitionerId,
      ])
      const killed = passOnFreed(parts, office.clock.now()).then(
        () => 'went on',
        () => 'failed',
      )
      const end = () =>
        killer.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock' and query like '%practitioner%no key update%'`,
        )
      await waitFor(async () => (await end()).rowCount, 8_000, 'a worker that waits')
      expect(await killed).toBe('failed')
    } finally {
      await Promise.all([holder.end(), killer.end()])
    }
    expect(await offerOf(id)).toBeNull()
    await look()
    expect(await offerOf(id)).not.toBeNull()
    expect(await factsOf(WaitlistOffered, id)).toBe(1)
  })

  test('S-24 many times of several practitioners, many who wait for any: nobody has two, no time is offered twice', async () => {
    const { office, wait, visit, cancel, look, offerOf } = line
    const day = line.nextDay()
    const others = await times(3, async (index) => {
      const { practitionerId } = created(
        await office.owner.post('/v1/practitioners', { name: `Other ${index}` }),
      )
      await setHours(office, practitionerId, { weekly: MONDAY_TO_FRIDAY })
      return practitionerId as string
    })
    const practitionerIds = [...others, office.practitioner.practitionerId]
    await setUp(office, { services: [{ serviceId: office.serviceId, practitionerIds }] })
    const waiting = await times(10, () => wait(day))
    const visits = await times(8, (index) =>
      visit(day, index < 4 ? '09:00' : '14:00', index < 4 ? '10:00' : '15:00', {
        practitionerId: practitionerIds[index % 4],
      }),
    )
    // Offers lapse on some while others are freed, declined and withdrawn.
    await times(4, (index) => cancel(visits[index]!.appointmentId))
    await times(4, look)
    line.pass({ minutes: 60 })
    const offers = (await Promise.all(waiting.map(offerOf))).filter((offer) => offer !== null)
    expect(offers).toEqual([])
    await Promise.all([
      ...visits.slice(4).map(({ appointmentId }) => cancel(appointmentId)),
      times(6, look),
      line.portal.post(`/v1/waitlist/${waiting[9]}/withdraw`),
      line.portal.post(`/v1/waitlist/${waiting[0]}/withdraw`),
    ])
    await times(6, look)
    line.pass({ seconds: 2 })
    await times(6, look)
    const open = (await Promise.all(waiting.map(offerOf))).filter((offer) => offer !== null)
    const places = open.map(({ practitionerId, startsAt }) => `${practitionerId} ${startsAt}`)
    expect(new Set(places).size).toBe(places.length)
    expect(places).toHaveLength(8)
    await setUp(office)
  })
})

describe('S-24 answers at once', () => {
  test('S-24 an offer is accepted, declined, withdrawn from or lapses, once', async () => {
    const outcomes = new Set<string>()
    for (let round = 0; round < 6; round++) {
      line.office.clock.set(NOW)
      const { office, visit, wait, cancel, look, offerOf, accept, decline, entry } = line
      const day = line.nextDay()
      const id = await wait(day)
      await cancel((await visit(day)).appointmentId)
      await look()
      const { offerId, expiresAt } = await offerOf(id)
      const answers = await Promise.all([
        ...Array.from({ length: 12 }, () => accept(offerId)),
        ...Array.from({ length: 8 }, () => decline(offerId)),
        line.portal.post(`/v1/waitlist/${id}/withdraw`),
        passOnFreed(line.parts, Temporal.Instant.from(expiresAt)).then(() => ({ status: 200 })),
      ])
      for (const { status } of answers) expect([200, 409]).toContain(status)
      const { state, appointmentId } = await entry(id)
      outcomes.add(state)
      const accepted = answers.slice(0, 12).filter(({ status }) => status === 200)
      expect(accepted).toHaveLength(appointmentId === null ? 0 : 1)
      expect(state === 'booked').toBe(appointmentId !== null)
      expect((await factsOf(WaitlistAccepted, id)) + (await factsOf(WaitlistLapsed, id))).toBe(1)
      const onCalendar = created(
        await office.owner.get(`/v1/appointments?list=upcoming&from=${day}&to=${day}`),
      ).items
      expect(onCalendar).toHaveLength(accepted.length)
    }
    expect([...outcomes].every((state) => ['booked', 'waiting', 'withdrawn'].includes(state))).toBe(true)
  })

  test('S-18, S-24 64 who book online at the moment a time becomes free: it goes to the one who waits', async () => {
    const { office, portal, visit, wait, cancel, look, offerOf } = line
    const day = line.nextDay()
    const { practitionerId } = office.practitioner
    const { serviceId, patient } = office
    const id = await wait(day)
    const { appointmentId } = await visit(day)
    const booking = {
      serviceId,
      practitionerId,
      patientId: patient.patientId,
      startsAt: String(startOf(day)),
    }
    const booked = times(64, () => portal.post('/v1/booking/requests', booking))
    await Promise.all([cancel(appointmentId), times(4, look)])
    for (const answer of await booked) {
      expect(answer.status).toBe(409)
      expect(answer.body.type).toBe('urn:praxisbus:problem:slot_taken')
    }
    await look()
    expect(await offerOf(id)).toMatchObject({ start: `${day}T09:00` })
  })
})

test('S-24 none of this ended in a deadlock', async () => {
  const { deadlocks } = await line.office.desk.relay.plain((tx) =>
    tx.one<{ deadlocks: number }>(
      sql`select deadlocks from pg_stat_database where datname = current_database()`,
    ),
  )
  expect(deadlocks).toBe(0)
})
