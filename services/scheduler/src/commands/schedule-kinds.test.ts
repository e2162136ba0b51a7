import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { AppointmentDeleted, AppointmentScheduled, OtherEventScheduled } from '@praxisbus/contracts'
import { scheduledAnswer } from '../appointment-answers.ts'
import { created, type Office, openCalendar, openOffice, refusalOf } from '../testing/office.ts'

let office: Office
beforeAll(async () => {
  office = await openOffice()
})
afterAll(() => office.close())

const { nextDay, body, post } = openCalendar(() => office)
const schedule = (asked: object) => office.owner.post('/v1/appointments', asked)

/** An event without a patient, on a day of its own. */
function event(changes: object = {}) {
  const { start, end } = nextDay()
  const { practitionerId } = office.practitioner
  return { kind: 'other-event', title: 'Team meeting', practitionerId, start, end, ...changes }
}

describe('contacts', () => {
  test('S-05 a client contact is a session with a medium', async () => {
    const { serviceId, location, room } = office
    const asked = {
      kind: 'client-contact',
      medium: 'phone',
      services: [{ serviceId, units: 1 }],
      locationId: location.locationId,
      roomId: room.roomId,
      additionalInstructions: 'Called about the form.',
    }
    const answer = scheduledAnswer.parse(created(await post(asked)))
    expect(answer).toMatchObject({
      kind: 'client-contact',
      medium: 'phone',
      contactWith: null,
      billable: true,
    })
    const [fact] = (await office.desk.facts(AppointmentScheduled)).slice(-1)
    expect(AppointmentScheduled.data.parse(fact!.data)).toEqual(fact!.data)
    expect(fact!.data).toMatchObject({
      appointmentId: answer.appointmentId,
      kind: 'client-contact',
      medium: 'phone',
    })
  })

  test('S-06 a collateral contact also says with whom it was', async () => {
    const asked = { kind: 'collateral-contact', medium: 'in-person', contactWith: 'caseworker' }
    const answer = scheduledAnswer.parse(created(await post(asked)))
    expect(answer).toMatchObject({ ...asked, billable: false })
    const [fact] = (await office.desk.facts(AppointmentScheduled)).slice(-1)
    expect(fact!.data).toMatchObject(asked)
  })

  test.each([
    [{ kind: 'client-contact' }, ['medium']],
    [{ kind: 'client-contact', medium: 'pigeon' }, ['medium']],
    [{ kind: 'client-contact', medium: 'email', contactWith: 'spouse' }, ['contactWith']],
    [{ kind: 'collateral-contact' }, ['contactWith', 'medium']],
    [{ kind: 'collateral-contact', medium: 'mail', contactWith: 'neighbour' }, ['contactWith']],
    [
      { medium: 'email', contactWith: 'spouse', title: 'Call', showAs: 'free' },
      ['contactWith', 'medium', 'showAs', 'title'],
    ],
    [{ kind: 'visit' }, ['kind']],
  ])('S-05 S-06 names what is missing or does not go with %j', async (asked, fields) => {
    const answer = await post(asked)
    expect(answer.status).toBe(400)
    expect(answer.body.errors.map((error: { field: string }) => error.field).sort()).toEqual(fields)
  })

  test('S-05 a contact is checked in, completed and listed as a session is', async () => {
    const { patient, practitioner } = office
    const asked = {
      kind: 'client-contact',
      medium: 'email',
      start: '2025-05-05T09:00',
      end: '2025-05-05T09:10',
    }
    const who = { patientId: patient.patientId, practitionerId: practitioner.practitionerId }
    const { appointmentId } = created(await schedule({ ...asked, ...who }))
    const open = await office.owner.get('/v1/appointments?list=open&from=2025-05-05&to=2025-05-05')
    expect(open.body.items.map((item: { appointmentId: string }) => item.appointmentId)).toEqual([
      appointmentId,
    ])
    const done = created(
      await office.owner.post(`/v1/appointments/${appointmentId}/complete`, {
        paymentType: 'other',
        lineItems: [],
      }),
    )
    expect(done.status).toBe('completed')
  })
})

describe('other events', () => {
  test('S-07 an event has a title and no patient, is told by a fact of its own, and is in the calendar', async () => {
    const asked = event({ showAs: 'free', locationId: office.location.locationId })
    const answer = scheduledAnswer.parse(created(await schedule(asked)))
    expect(answer).toMatchObject({ ...asked, patientId: null, patientName: null, billable: false })
    const [fact] = (await office.desk.facts(OtherEventScheduled)).slice(-1)
    expect(OtherEventScheduled.data.parse(fact!.data)).toEqual(fact!.data)
    expect(fact).toMatchObject({
      key: answer.appointmentId,
      sequence: 1,
      data: { title: 'Team meeting', showAs: 'free' },
    })
    const told = await office.desk.facts(AppointmentScheduled)
    expect(told.filter(({ key }) => key === answer.appointmentId)).toEqual([])
    expect((await office.owner.get(`/v1/appointments/${answer.appointmentId}`)).body).toMatchObject(asked)
    const day = asked.start.slice(0, 10)
    const listed = await office.owner.get(`/v1/appointments?list=upcoming&from=${day}&to=${day}`)
    expect(listed.body.items).toHaveLength(1)
  })

  test('S-07 S-12 a busy event warns of a clash, a free one neither warns nor is warned of', async () => {
    const { start, end } = nextDay()
    const busy = created(await schedule(event({ start, end })))
    expect(busy).toMatchObject({ showAs: 'busy', warnings: [] })
    expect(created(await schedule(event({ start, end, showAs: 'free' }))).warnings).toEqual([])
    const session = created(await post({ start, end }))
    expect(session.warnings).toMatchObject([{ code: 'practitioner_busy', appointmentId: busy.appointmentId }])
  })

  test.each([
    [{ title: undefined }, ['title']],
    [{ patientId: '0190a000-0000-7000-8000-000000000001' }, ['patientId']],
    [{ newPatient: { name: 'Ada' } }, ['newPatient']],
    [{ modifiers: ['HO'], sessionBridge: true }, ['modifiers', 'sessionBridge']],
    [{ services: [{ serviceId: '0190a000-0000-7000-8000-000000000001' }] }, ['services']],
    [{ reminders: [{ channel: 'email', daysAhead: 1 }] }, ['reminders']],
    [{ medium: 'phone', contactWith: 'spouse' }, ['contactWith', 'medium']],
    [{ showAs: 'tentative' }, ['showAs']],
  ])('S-07 names what is missing or does not go with it: %j', async (changes, fields) => {
    const answer = await schedule(event(changes))
    expect(answer.status).toBe(400)
    expect(answer.body.errors.map((error: { field: string }) => error.field).sort()).toEqual(fields)
  })

  test.each(['check-in', 'complete', 'cancel', 'restore'])(
    'S-07 what only a visit has is refused: %s; it can be deleted',
    async (verb) => {
      const past = { start: '2025-06-05T09:00', end: '2025-06-05T09:10' }
      const { appointmentId } = created(await schedule(event(past)))
      const path = `/v1/appointments/${appointmentId}`
      const inputs: Record<string, object> = {
        cancel: { kind: 'cancelled' },
        complete: { paymentType: 'other' },
      }
      const answer = await office.owner.post(`${path}/${verb}`, inputs[verb] ?? {})
      expect(refusalOf(answer)).toMatchObject({ status: 409, code: 'not_a_visit' })
      expect(answer.body.next).toContain('delete')
      expect(refusalOf(await office.owner.get(`${path}/completion`))).toMatchObject({ code: 'not_a_visit' })
      const open = await office.owner.get('/v1/appointments?list=open&from=2025-06-05&to=2025-06-05')
      expect(open.body.items).toEqual([])
      created(await office.owner.delete(path))
      const [fact] = (await office.desk.facts(AppointmentDeleted)).slice(-1)
      expect(fact).toMatchObject({ key: appointmentId, data: { patientId: null } })
    },
  )
})

test('S-02 the body of a session without a kind is a client session', async () => {
  expect(body()).not.toHaveProperty('kind')
  expect(created(await post())).toMatchObject({ kind: 'client-session', showAs: 'busy', seriesId: null })
})

test('S-07 S-09 S-14 an event without a patient is confirmed to nobody', async () => {
  const { appointmentId } = created(await schedule(event()))
  const answer = await office.owner.post(`/v1/appointments/${appointmentId}/confirmation`)
  expect(refusalOf(answer)).toMatchObject({ status: 409, code: 'not_a_visit' })
  expect(refusalOf(await schedule(event({ sendConfirmation: true })))).toMatchObject({
    status: 400,
    field: 'sendConfirmation',
  })
})
