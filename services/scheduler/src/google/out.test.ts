import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { at, type Connected, type GoogleDesk, openGoogleDesk } from '../testing/google.ts'
import { eventOf, pathOf, writesAmong } from '../testing/google-sides.ts'
import { created } from '../testing/office.ts'

let desk: GoogleDesk
beforeAll(async () => {
  desk = await openGoogleDesk()
})
beforeEach(() => desk.google.trouble())
afterAll(() => desk.close())

const since = () => {
  const from = desk.google.requests.length
  return () => desk.google.requests.slice(from)
}

describe('S-19 own appointments go out', () => {
  let dana: Connected
  beforeEach(async () => {
    dana = await desk.anew()
  })

  test('S-19 a visit and busy or free go out, with ids and marks of ours; nothing is sent twice', async () => {
    const visit = await desk.visit(dana)
    const busy = await desk.block(dana, { start: at(1), end: at(1, '10:00') })
    const free = await desk.block(dana, { start: at(2), end: at(2, '10:00'), showAs: 'free' })
    await desk.turn()
    const events = desk.events(dana)
    expect(events.map(({ id }) => id).sort()).toEqual([visit, busy, free].map(eventOf).sort())
    const [first, second, third] = [visit, busy, free].map((id) =>
      events.find((one) => one.id === eventOf(id)),
    )
    expect(first).toMatchObject({ summary: 'Appointment', transparency: 'opaque' })
    expect(first!.start).toEqual({
      dateTime: expect.stringMatching(`^${at(0)}:00-0[56]:00$`),
      timeZone: 'America/Chicago',
    })
    expect(first!.extendedProperties!.private).toEqual({
      praxisbusInstance: 'test',
      praxisbusPractice: desk.desk.practiceId,
      praxisbusAppointment: visit,
    })
    expect(second).toMatchObject({ summary: 'Busy', transparency: 'opaque' })
    expect(third).toMatchObject({ summary: 'Free', transparency: 'transparent' })
    const requests = since()
    await desk.settle()
    expect(writesAmong(requests())).toEqual([])
    expect(await desk.agenda(dana)).toHaveLength(3)
  })

  test('S-19 what is moved here moves there, what is cancelled or deleted goes, what is restored comes back', async () => {
    const visit = await desk.visit(dana)
    const busy = await desk.block(dana, { start: at(1), end: at(1, '10:00') })
    await desk.turn()
    created(await desk.owner.post(`${pathOf(visit)}/reschedule`, { start: at(3), end: at(3, '09:30') }))
    await desk.owner.delete(pathOf(busy))
    await desk.turn()
    expect(desk.events(dana)).toMatchObject([
      { id: eventOf(visit), start: { dateTime: expect.stringMatching(`^${at(3)}:00`) } },
    ])
    created(await desk.owner.post(`${pathOf(visit)}/cancel`, { kind: 'cancelled' }))
    await desk.turn()
    expect(desk.events(dana)).toEqual([])
    created(await desk.owner.post(`${pathOf(visit)}/restore`))
    await desk.turn()
    expect(desk.events(dana)).toMatchObject([{ id: `${eventOf(visit)}g1`, summary: 'Appointment' }])
    await desk.settle()
    expect(desk.events(dana)).toHaveLength(1)
    expect((await desk.connection(dana)).queued).toBe(0)
  })

  test('S-19 an appointment that is given to somebody else leaves the one calendar and comes into the other', async () => {
    const lee = await desk.connect()
    const visit = await desk.visit(dana)
    await desk.settle()
    const move = { start: at(0), end: at(0, '09:50'), practitionerId: lee.practitionerId }
    created(await desk.owner.post(`${pathOf(visit)}/reschedule`, move))
    await desk.settle()
    expect([desk.events(dana), desk.events(lee)]).toMatchObject([[], [{ id: eventOf(visit) }]])
  })

  test('S-19 appointments that were there before are brought when a calendar is connected', async () => {
    const practitionerId = await desk.practitioner()
    const calendarId = 'late@example.org'
    const late: Connected = {
      practitionerId,
      calendarId,
      refreshToken: desk.google.oauth.consent().refreshToken,
    }
    await desk.visit(late)
    desk.google.calendar(calendarId)
    const body = { refreshToken: late.refreshToken, calendarId }
    created(await desk.owner.post(`/v1/practitioners/${practitionerId}/google-calendar`, body))
    await desk.settle()
    expect(desk.events(late)).toHaveLength(1)
  })

  test.each([
    ['drop-after', 'insert'],
    ['hang-after', 'insert'],
    ['fault-after', 'insert'],
    ['drop-after', 'patch'],
    ['fault-after', 'patch'],
    ['drop-after', 'delete'],
    ['drop', 'insert'],
  ] as const)('S-19 a lost answer (%s of %s) makes nothing twice and loses nothing', async (how, verb) => {
    const visit = await desk.visit(dana)
    if (verb !== 'insert') await desk.turn()
    if (verb === 'patch')
      created(await desk.owner.post(`${pathOf(visit)}/reschedule`, { start: at(4), end: at(4, '10:00') }))
    if (verb === 'delete') created(await desk.owner.post(`${pathOf(visit)}/cancel`, { kind: 'cancelled' }))
    desk.google.trouble({ on: `events.${verb}`, how })
    await desk.turn()
    expect(await desk.connection(dana)).toMatchObject({
      queued: 1,
      lastError: expect.stringMatching(/Google/),
    })
    await desk.settle()
    const start = verb === 'patch' ? at(4) : at(0)
    const there =
      verb === 'delete' ? [] : [{ id: eventOf(visit), start: { dateTime: expect.stringMatching(start) } }]
    expect(desk.events(dana)).toMatchObject(there)
    expect(await desk.proposals(dana)).toEqual([])
    expect(await desk.connection(dana)).toMatchObject({ queued: 0, lastError: null })
  })

  test('S-19 a lost answer and another change here before the next look is no change of Google’s', async () => {
    const visit = await desk.visit(dana)
    await desk.turn()
    for (const ahead of [5, 6]) {
      created(
        await desk.owner.post(`${pathOf(visit)}/reschedule`, { start: at(ahead), end: at(ahead, '10:00') }),
      )
      desk.google.trouble({ on: 'events.patch', how: 'drop-after' })
      await desk.sync()
    }
    created(await desk.owner.post(`${pathOf(visit)}/reschedule`, { start: at(7), end: at(7, '10:00') }))
    await desk.settle()
    expect(desk.events(dana)).toMatchObject([{ start: { dateTime: expect.stringMatching(at(7)) } }])
    expect(await desk.proposals(dana)).toEqual([])
  })

  test.each([
    ['too-many', 429],
    ['rate-limit', 403],
    ['fault', 503],
  ] as const)(
    'S-19 %s is waited out, as long as Google says, and nothing is asked meanwhile',
    async (how, status) => {
      await desk.visit(dana)
      desk.google.trouble({ on: 'events.insert', how, retryAfterSeconds: 120 })
      await desk.turn()
      const { retryAt, lastError } = await desk.connection(dana)
      expect(lastError).toMatch(String(status))
      const seconds = Temporal.Instant.from(retryAt as string)
        .since(Temporal.Now.instant())
        .total('seconds')
      expect(seconds).toBeGreaterThan(110)
      expect(seconds).toBeLessThan(130)
      const requests = since()
      await desk.turn()
      expect(requests()).toEqual([])
      await desk.settle()
      expect(desk.events(dana)).toHaveLength(1)
      expect(await desk.connection(dana)).toMatchObject({ retryAt: null, lastError: null })
    },
  )

  test('S-19 an etag conflict is settled and written after: Google keeps what its owner added', async () => {
    const visit = await desk.visit(dana)
    await desk.turn()
    const calendar = desk.google.calendar(dana.calendarId)
    calendar.change(eventOf(visit), { description: 'Bring the forms' }, 'patch', undefined)
    created(await desk.owner.post(`${pathOf(visit)}/reschedule`, { start: at(8), end: at(8, '10:00') }))
    const requests = since()
    await desk.turn()
    expect(requests().map(({ call }) => call)).toEqual(['events.patch', 'events.get', 'events.patch'])
    expect(desk.events(dana)).toMatchObject([
      { description: 'Bring the forms', start: { dateTime: expect.stringMatching(at(8)) } },
    ])
  })

  test('S-19 what Google refuses for good is told with its appointment, and keeps nothing else back', async () => {
    const visit = await desk.visit(dana)
    await desk.visit(dana, { start: at(9), end: at(9, '10:00') })
    desk.google.trouble({ on: 'events.insert', how: 'refused' })
    await desk.turn()
    expect(desk.events(dana)).toHaveLength(1)
    expect(await desk.connection(dana)).toMatchObject({
      queued: 0,
      failed: [{ appointmentId: visit, error: 'Google answered 400 invalid.' }],
    })
    created(await desk.owner.patch(pathOf(visit), { additionalInstructions: 'x' }))
    await desk.settle()
    expect(desk.events(dana)).toHaveLength(2)
    expect((await desk.connection(dana)).failed).toEqual([])
  })

  test('S-19 a whole calendar that is gone takes nothing of ours with it', async () => {
    const [visit, busy] = [
      await desk.visit(dana),
      await desk.block(dana, { start: at(1), end: at(1, '10:00') }),
    ]
    await desk.turn()
    for (const id of [visit, busy])
      created(await desk.owner.post(`${pathOf(id)}/reschedule`, { start: at(5), end: at(5, '10:00') }))
    desk.google.forget(dana.calendarId)
    await desk.turn()
    await desk.settle()
    expect(await desk.agenda(dana)).toHaveLength(2)
    expect(await desk.proposals(dana)).toEqual([])
    expect(await desk.connection(dana)).toMatchObject({ state: 'reconnect_needed' })
  })

  test('S-19 an event that another installation keeps is left alone', async () => {
    const visit = await desk.visit(dana)
    const marks = {
      praxisbusInstance: 'live',
      praxisbusPractice: desk.desk.practiceId,
      praxisbusAppointment: visit,
    }
    const start = { dateTime: `${at(0)}:00Z` }
    const theirs = { start, end: { dateTime: `${at(0, '09:50')}:00Z` }, summary: 'Theirs' }
    desk.put(dana, { id: eventOf(visit), ...theirs, extendedProperties: { private: marks } })
    await desk.settle()
    expect(desk.events(dana)).toMatchObject([{ summary: 'Theirs' }])
    expect(await desk.connection(dana)).toMatchObject({ failed: [{ appointmentId: visit }] })
    expect(await desk.agenda(dana)).toHaveLength(1)
  })
})
