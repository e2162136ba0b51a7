import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { created, FUTURE, PAST, refusalOf } from '../testing/office.ts'
import { DAY_BEFORE, openPostRoom, type PostRoom } from '../testing/post-room.ts'

let room: PostRoom
beforeAll(async () => {
  room = await openPostRoom()
})
beforeEach(() => room.calm())
afterAll(() => room.close())

const telehealth = {
  telehealthUrl: 'https://video.example/room/7',
  additionalInstructions: 'Bring the sleep diary.',
}
/** Of a letter: its text, and its calendar file. */
function partsOf(letter: string): { text: string; file: string } {
  const unfolded = letter.replaceAll('=\r\n', '').replaceAll('=3D', '=')
  const file = letter.slice(letter.indexOf('Content-Type: text/calendar'))
  const encoded = file.slice(file.indexOf('\r\n\r\n') + 4, file.indexOf('\r\n--'))
  return { text: unfolded, file: Buffer.from(encoded, 'base64').toString() }
}
const now = () => Temporal.Now.instant()

describe('a confirmation', () => {
  test('S-09 asked for on scheduling goes out at once, with URL, instructions and a calendar file', async () => {
    const { appointmentId, email } = await room.booked({
      ...telehealth,
      locationId: room.telehealth.locationId,
      sendConfirmation: true,
    })
    expect(await room.messagesOf(appointmentId)).toMatchObject([
      { kind: 'confirmation', channel: 'email', state: 'waiting', daysAhead: null },
    ])
    await room.turn(now())
    const letters = room.lettersTo(email)
    expect(letters).toHaveLength(1)
    const { text, file } = partsOf(letters[0]!)
    for (const shown of [
      'Subject: Your appointment on Monday, March 6',
      'is booked',
      'When: Monday, March 6, 2090, 9:10 AM CST (America/Chicago)',
      'With: Dana Reyes, PhD',
      'Where: Video',
      'Online: https://video.example/room/7',
      'Bring the sleep diary.',
    ])
      expect(text).toContain(shown)
    expect(text).not.toContain('Patient')
    expect(file).toContain(`UID:${appointmentId}@praxisbus\r\n`)
    expect(file).toContain('DTSTART:20900306T151000Z\r\n')
    const [told] = (await room.desk.facts()).filter(({ topic }) => topic === 'reminder.sent')
    expect(told!.data).toMatchObject({ appointmentId, kind: 'confirmation', daysAhead: null })
  })

  test('S-09 a reminder delivers URL and instructions too', async () => {
    const { email } = await room.booked({ ...telehealth, reminders: [{ channel: 'email', daysAhead: 1 }] })
    await room.turn(DAY_BEFORE)
    const { text } = partsOf(room.lettersTo(email)[0]!)
    expect(text).toContain('Online: https://video.example/room/7')
    expect(text).toContain('Bring the sleep diary.')
  })

  test('S-09 where the patient agreed to texts alone it is a text, which says no more than it must', async () => {
    const { appointmentId } = await room.booked(
      { ...telehealth, sendConfirmation: true },
      { reminderConsents: { text: true } },
    )
    await room.turn(now())
    const [message] = await room.messagesOf(appointmentId)
    const { text } = room.provider.sent.find(({ key }) => key === message!.reminderId)!
    expect(text).toMatch(
      /^Booked: appointment with Lakeside Counseling .* Online: https:\/\/video.example\/room\/7 /,
    )
    for (const hidden of ['Reyes', 'sleep', 'Patient', 'Main Street']) expect(text).not.toContain(hidden)
  })

  test('S-09 nobody asked for one, so none goes', async () => {
    const { appointmentId } = await room.booked(telehealth)
    expect(await room.messagesOf(appointmentId)).toEqual([])
  })

  test('S-09 without a consent, or of an appointment that has begun, it is refused and nothing is scheduled', async () => {
    const body = (changes: object) => ({
      ...{ patientId: room.patient.patientId, practitionerId: room.practitioner.practitionerId },
      ...{ ...FUTURE, sendConfirmation: true, ...changes },
    })
    const { patientId } = created(
      await room.owner.post('/v1/patients', { name: 'Silent', email: 's@patients.test' }),
    )
    const before = created(await room.owner.get('/v1/appointments?list=upcoming&limit=200')).items.length
    expect(refusalOf(await room.owner.post('/v1/appointments', body({ patientId })))).toEqual({
      status: 409,
      code: 'confirmation_without_consent',
      field: 'sendConfirmation',
    })
    expect(refusalOf(await room.owner.post('/v1/appointments', body(PAST)))).toMatchObject({
      code: 'already_begun',
    })
    expect(created(await room.owner.get('/v1/appointments?list=upcoming&limit=200')).items).toHaveLength(
      before,
    )
  })

  test('S-09 asked for later, and again after a change: each says what the appointment is then', async () => {
    const { appointmentId, path, email } = await room.booked()
    const ask = () => room.owner.post(`${path}/confirmation`)
    const first = created(await ask())
    expect(first).toMatchObject({ kind: 'confirmation', state: 'waiting' })
    // One that still waits is the same one.
    expect(created(await ask()).reminderId).toBe(first.reminderId)
    await room.turn(now())
    await room.move(appointmentId, '2090-03-07T14:00')
    expect(room.lettersTo(email)).toHaveLength(1)
    created(await ask())
    await room.turn(now())
    const [, second] = room.lettersTo(email)
    expect(partsOf(second!).text).toContain('Tuesday, March 7, 2090, 2:00 PM CST')
    expect(partsOf(second!).text).toContain('Its time has changed.')
    created(await room.owner.post(`${path}/cancel`, { kind: 'cancelled' }))
    expect(refusalOf(await ask())).toMatchObject({ status: 409, code: 'appointment_cancelled' })
    created(await room.owner.delete(path))
    expect(refusalOf(await ask())).toMatchObject({ status: 410, code: 'appointment_deleted' })
    expect((await room.owner.post(`/v1/appointments/${first.reminderId}/confirmation`)).status).toBe(404)
  })

  test('S-09 S-10 a reminder whose moment is over says nothing that the confirmation does not say', async () => {
    const soon = Temporal.Now.zonedDateTimeISO('America/Chicago').add({ hours: 3 })
    const times = {
      start: soon.toPlainDateTime().toString({ smallestUnit: 'minute' }),
      end: soon.add({ minutes: 50 }).toPlainDateTime().toString({ smallestUnit: 'minute' }),
    }
    const reminders = [{ channel: 'email', daysAhead: 1 }]
    const { appointmentId, email } = await room.booked({ ...times, reminders, sendConfirmation: true })
    await room.turn(now())
    const messages = await room.messagesOf(appointmentId)
    expect(messages.map(({ kind, state }) => `${kind} ${state}`).sort()).toEqual([
      'confirmation sent',
      'reminder dropped',
    ])
    expect(room.lettersTo(email)).toHaveLength(1)
  })
})
