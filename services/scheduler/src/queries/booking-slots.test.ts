import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime'
import { slotsAnswer } from '../booking-answers.ts'
import { openBooking, setHours, setUp, slotsOn } from '../testing/booking.ts'
import { created, type Office, offer, openOffice, refusalOf } from '../testing/office.ts'

/** Thursday, noon in Chicago. The week of Monday 2031-03-10 follows. */
const NOW = '2031-03-06T18:00:00Z'
const MONDAY = '2031-03-10'

let office: Office
beforeAll(async () => {
  office = await openOffice()
  await openBooking(office, { slotStepMinutes: 60 })
})
beforeEach(() => office.clock.set(NOW))
afterAll(() => office.close())

const ALL_DAY = ['09:00', '10:00', '11:00', '12:00', '13:00', '14:00', '15:00', '16:00']
const without = (...gone: string[]) => ALL_DAY.filter((start) => !gone.includes(start))
let day = Temporal.PlainDate.from(MONDAY)
/** A working day of its own for each test. */
function nextDay() {
  do day = day.add({ days: 1 })
  while (day.dayOfWeek > 5)
  return String(day)
}
const at = (date: string, from: string, to: string) => ({ start: `${date}T${from}`, end: `${date}T${to}` })

describe('S-18 offered slots', () => {
  test('S-18 lie in opening hours, at steps, and say when and with whom, by the clock of the practice', async () => {
    const query = `serviceId=${office.serviceId}&from=${MONDAY}&to=${MONDAY}`
    const answer = slotsAnswer.parse(created(await office.owner.get(`/v1/booking/slots?${query}`)))
    expect(answer).toMatchObject({ lengthMinutes: 45, timeZone: 'America/Chicago', next: null })
    expect(answer.slots[0]).toEqual({
      startsAt: '2031-03-10T14:00:00Z',
      endsAt: '2031-03-10T14:45:00Z',
      start: '2031-03-10T09:00',
      end: '2031-03-10T09:45',
      practitionerIds: [office.practitioner.practitionerId],
    })
    expect(answer.slots.map(({ start }) => start.slice(11))).toEqual(ALL_DAY)
    expect(await slotsOn(office, '2031-03-15', {}, '2031-03-16')).toEqual([])
  })

  test('S-18 what is on the calendar keeps its time, what was called off does not', async () => {
    const date = nextDay()
    await office.schedule(at(date, '09:10', '09:20'))
    const cancelled = await office.schedule(at(date, '11:00', '12:00'))
    const deleted = await office.schedule(at(date, '13:00', '14:00'))
    expect(await slotsOn(office, date)).toEqual(without('09:00', '11:00', '13:00'))
    created(
      await office.owner.post(`/v1/appointments/${cancelled.appointmentId}/cancel`, { kind: 'cancelled' }),
    )
    created(await office.owner.delete(`/v1/appointments/${deleted.appointmentId}`))
    expect(await slotsOn(office, date)).toEqual(without('09:00'))
  })

  test('S-07, S-18 a Busy event keeps patients from booking, a Free one does not', async () => {
    const date = nextDay()
    const event = { kind: 'other-event', practitionerId: office.practitioner.practitionerId }
    for (const [showAs, from] of [
      ['busy', '10'],
      ['free', '14'],
    ] as const) {
      const body = { ...event, title: 'Staff meeting', showAs, ...at(date, `${from}:00`, `${from}:30`) }
      created(await office.owner.post('/v1/appointments', body))
    }
    expect(await slotsOn(office, date)).toEqual(without('10:00'))
  })

  test('S-18 one that began the day before keeps its time too', async () => {
    const date = nextDay()
    const eve = Temporal.PlainDate.from(date).subtract({ days: 1 })
    await office.schedule({ start: `${eve}T12:30`, end: `${date}T12:20` })
    expect(await slotsOn(office, date)).toEqual(['13:00', '14:00', '15:00', '16:00'])
  })

  test('S-18 the buffers lie between visits', async () => {
    const date = nextDay()
    await office.schedule(at(date, '11:00', '11:45'))
    await setUp(office, { slotStepMinutes: 15, bufferBeforeMinutes: 5, bufferAfterMinutes: 10 })
    const near = (await slotsOn(office, date)).filter((start: string) => start >= '10:00' && start <= '12:15')
    expect(near).toEqual(['10:00', '12:00', '12:15'])
    await setUp(office, { slotStepMinutes: 60 })
  })

  test('S-18 closed days have none, extra hours have their own', async () => {
    const [closed, longer, moved] = [nextDay(), nextDay(), nextDay()]
    const weekly = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: '09:00', to: '17:00' }))
    const evening = [{ from: '18:30', to: '20:00' }]
    const { practitionerId } = office.practitioner
    const exceptions = [
      { date: closed, closed: true },
      { date: longer, extra: evening },
      { date: moved, closed: true, extra: evening },
    ]
    await setHours(office, practitionerId, { weekly, exceptions })
    expect(await slotsOn(office, closed)).toEqual([])
    expect(await slotsOn(office, longer)).toEqual([...ALL_DAY, '18:30'])
    expect(await slotsOn(office, moved)).toEqual(['18:30'])
    await setHours(office, practitionerId, { weekly })
  })

  test('S-18 not sooner than the notice, not beyond the furthest day', async () => {
    await setUp(office, { slotStepMinutes: 60, earliestNoticeMinutes: 150, furthestDays: 4 })
    expect(await slotsOn(office, '2031-03-06')).toEqual(['15:00', '16:00'])
    expect(await slotsOn(office, '2031-03-01', {}, '2031-03-05')).toEqual([])
    expect(await slotsOn(office, MONDAY)).toEqual(ALL_DAY)
    expect(await slotsOn(office, '2031-03-11', {}, '2031-03-20')).toEqual([])
    await setUp(office, { slotStepMinutes: 60 })
  })

  test('S-18 with any practitioner each slot says who is free; one who is inactive or does not offer it is nobody', async () => {
    const date = nextDay()
    const add = async (name: string, weekly: object[]) => {
      const added = created(await office.owner.post('/v1/practitioners', { name }))
      await setHours(office, added.practitionerId, { weekly })
      return added
    }
    const { weekday } = { weekday: Temporal.PlainDate.from(date).dayOfWeek }
    const lee = await add('Lee Park', [{ weekday, from: '16:00', to: '19:00' }])
    const gone = await add('Kim Long', [{ weekday, from: '06:00', to: '19:00' }])
    await add('Not Offering', [{ weekday, from: '06:00', to: '19:00' }])
    const practitionerIds = [office.practitioner, lee, gone].map(({ practitionerId }) => practitionerId)
    await setUp(office, { slotStepMinutes: 60, services: [{ serviceId: office.serviceId, practitionerIds }] })
    created(
      await office.owner.put(
        `/v1/practitioners/${gone.practitionerId}`,
        { name: 'Kim Long', active: false },
        { ifMatch: 1 },
      ),
    )
    expect(await slotsOn(office, date)).toEqual([...ALL_DAY, '17:00', '18:00'])
    expect(await slotsOn(office, date, { practitionerId: lee.practitionerId })).toEqual([
      '16:00',
      '17:00',
      '18:00',
    ])
    const query = `serviceId=${office.serviceId}&from=${date}&to=${date}`
    const { slots } = created(await office.owner.get(`/v1/booking/slots?${query}`))
    const four = slots.find(({ start }: { start: string }) => start.endsWith('16:00'))
    expect(four.practitionerIds).toEqual([office.practitioner.practitionerId, lee.practitionerId].sort())
    await setUp(office, { slotStepMinutes: 60 })
  })

  test('S-18 are read on page by page, over weeks', async () => {
    const path = `/v1/booking/slots?serviceId=${office.serviceId}&from=2031-05-01&to=2031-05-31&limit=50`
    const all: string[] = []
    let after: string | null = ''
    for (let pages = 0; after !== null && pages < 10; pages++) {
      const page = created(await office.owner.get(after ? `${path}&after=${after}` : path))
      all.push(...page.slots.map(({ start }: { start: string }) => start))
      after = page.next
    }
    expect(all).toEqual(
      (await daysOf('2031-05-01', 31)).flatMap((date) => ALL_DAY.map((start) => `${date}T${start}`)),
    )
  })

  test('S-18 booking that is off, and what nobody offers, is refused by name', async () => {
    const from = `from=${MONDAY}&to=${MONDAY}`
    const ask = async (query: string) =>
      refusalOf(await office.owner.get(`/v1/booking/slots?${query}&${from}`))
    const none = { status: 409, code: 'service_not_offered' }
    expect(await ask(`serviceId=${newId()}`)).toEqual({ ...none, field: 'serviceId' })
    expect(await ask(`serviceId=${office.unpricedServiceId}`)).toEqual({ ...none, field: 'serviceId' })
    expect(await ask(`serviceId=${office.serviceId}&practitionerId=${newId()}`)).toEqual({
      ...none,
      field: 'practitionerId',
    })
    const retired = await offer(office.desk, { code: '90832', amountCents: 9000 })
    await setUp(office, {
      services: [{ serviceId: retired, practitionerIds: [office.practitioner.practitionerId] }],
    })
    await offer(office.desk, {
      code: '90832',
      amountCents: 9000,
      serviceId: retired,
      version: 2,
      active: false,
    })
    expect(await ask(`serviceId=${retired}`)).toEqual({ ...none, field: 'serviceId' })
    await setUp(office, { enabled: false })
    expect(await ask(`serviceId=${office.serviceId}`)).toMatchObject({ status: 409, code: 'booking_off' })
    await setUp(office, { slotStepMinutes: 60 })
  })

  test.each([
    ['serviceId', `from=${MONDAY}&to=${MONDAY}`, 'invalid_input'],
    [
      'practitionerId',
      `serviceId=${newId()}&practitionerId=all&from=${MONDAY}&to=${MONDAY}`,
      'invalid_input',
    ],
    ['from', `serviceId=${newId()}&to=${MONDAY}`, 'invalid_input'],
    ['to', `serviceId=${newId()}&from=${MONDAY}&to=2031-02-29`, 'invalid_input'],
    ['after', `serviceId=${newId()}&from=${MONDAY}&to=${MONDAY}&after=soon`, 'invalid_input'],
    ['limit', `serviceId=${newId()}&from=${MONDAY}&to=${MONDAY}&limit=1000000`, 'invalid_input'],
    ['to', `serviceId=${newId()}&from=${MONDAY}&to=2031-03-09`, 'to_before_from'],
    ['to', `serviceId=${newId()}&from=${MONDAY}&to=2131-03-09`, 'too_many_days'],
  ])('S-18 bad input names its field: %s', async (field, query, code) => {
    expect(refusalOf(await office.owner.get(`/v1/booking/slots?${query}`))).toEqual({
      status: 400,
      code,
      field,
    })
  })

  test('P-06 who may not book does not see slots', async () => {
    const reader = await office.as('appointment.read')
    expect(
      (await reader.get(`/v1/booking/slots?serviceId=${newId()}&from=${MONDAY}&to=${MONDAY}`)).status,
    ).toBe(403)
  })
})

async function daysOf(first: string, count: number) {
  const days = Array.from({ length: count }, (_, index) =>
    Temporal.PlainDate.from(first).add({ days: index }),
  )
  return days.filter(({ dayOfWeek }) => dayOfWeek <= 5).map(String)
}
