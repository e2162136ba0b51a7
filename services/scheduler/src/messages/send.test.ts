import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { sql } from '@praxisbus/runtime'
import { created, FUTURE } from '../testing/office.ts'
import { CONSENTS, DAY_BEFORE, openPostRoom, type PostRoom, START } from '../testing/post-room.ts'
import { planKeptBack, planUnplanned } from './kept-back.ts'

let room: PostRoom
beforeAll(async () => {
  room = await openPostRoom()
})
beforeEach(() => {
  room.smtp.refuse()
  room.provider.trouble()
})
afterAll(() => room.close())

const EMAIL = { channel: 'email', daysAhead: 1 }
const TEXT = { channel: 'text', daysAhead: 1 }
const PHONE = { channel: 'phone', daysAhead: 1 }
const states = async (appointmentId: string) =>
  (await room.messagesOf(appointmentId)).map(({ state, reason }) => (reason ? `${state} ${reason}` : state))
const facts = async (appointmentId: string) =>
  (await room.desk.facts())
    .filter(({ topic, data }) => topic.startsWith('reminder.') && data.appointmentId === appointmentId)
    .map(({ topic, sequence, data }) => [topic, sequence, data.reason].filter((part) => part !== undefined))

describe('a reminder', () => {
  test('S-10 goes out once when it is due, not before, and tells of it', async () => {
    const { appointmentId, patientId, email } = await room.booked({ reminders: [EMAIL] })
    await room.turn(DAY_BEFORE.subtract({ seconds: 1 }))
    expect(await room.messagesOf(appointmentId)).toMatchObject([
      {
        kind: 'reminder',
        channel: 'email',
        daysAhead: 1,
        state: 'waiting',
        dueAt: DAY_BEFORE.toString(),
        attempts: 0,
      },
    ])
    expect(room.lettersTo(email)).toEqual([])
    await room.turn(DAY_BEFORE)
    await room.turn(DAY_BEFORE.add({ minutes: 5 }))
    const [sent] = await room.messagesOf(appointmentId)
    expect(sent).toMatchObject({
      state: 'sent',
      sentTo: email,
      attempts: 1,
      reason: null,
      nextAttemptAt: null,
    })
    const [letter, ...others] = room.lettersTo(email)
    expect(others).toEqual([])
    expect(letter).toContain(`Message-ID: <${sent!.reminderId}@lakeside.example>`)
    expect(letter).toContain('Monday, March 6, 2090, 9:10 AM CST')
    const [told] = (await room.desk.facts()).filter(({ key }) => key === sent!.reminderId)
    expect(told).toMatchObject({
      topic: 'reminder.sent',
      sequence: sent!.version,
      data: {
        appointmentId,
        patientId,
        kind: 'reminder',
        channel: 'email',
        daysAhead: 1,
        sentAt: '2090-03-05T15:10:00.000Z',
      },
    })
    expect(JSON.stringify(told!.data)).not.toContain('@')
  })

  test('S-10 by text and phone it goes through the provider, with a key of its own', async () => {
    const { appointmentId } = await room.booked({ reminders: [TEXT, PHONE] })
    await room.turn(DAY_BEFORE)
    const messages = await room.messagesOf(appointmentId)
    expect(messages.map(({ state }) => state)).toEqual(['sent', 'sent'])
    for (const { reminderId, channel, sentTo, providerReference } of messages) {
      expect(room.provider.sent.filter(({ key }) => key === reminderId)).toMatchObject([
        { channel, to: sentTo, text: expect.stringContaining('Lakeside Counseling') },
      ])
      expect(providerReference).toBe(`p-${reminderId}`)
    }
  })

  test('S-10 of one practice is not seen by another', async () => {
    const { appointmentId } = await room.booked({ reminders: [EMAIL] })
    const [message] = await room.messagesOf(appointmentId)
    const stranger = await room.desk.as({
      permissions: ['appointment.read', 'appointment.write'],
      practiceIds: ['00000000-0000-7000-8000-00000000000b'],
    })
    expect((await stranger.get(`/v1/reminders?appointmentId=${appointmentId}`)).body.items).toEqual([])
    expect((await stranger.post(`/v1/reminders/${message!.reminderId}/retry`, {})).status).toBe(404)
  })

  test('S-10 many senders at once: each of twenty is sent once', async () => {
    const booked = await Promise.all(
      Array.from({ length: 10 }, (_, minute) =>
        room.booked({
          reminders: [EMAIL, TEXT],
          start: `2090-04-06T09:${10 + minute}`,
          end: `2090-04-06T10:${10 + minute}`,
        }),
      ),
    )
    const now = Temporal.Instant.from('2090-04-05T15:30:00Z')
    await Promise.all([1, 2, 3, 4].map(() => room.turn(now)))
    await room.turn(now)
    for (const { email, appointmentId } of booked) {
      expect(room.lettersTo(email)).toHaveLength(1)
      expect(await states(appointmentId)).toEqual(['sent', 'sent'])
      for (const { reminderId, channel } of await room.messagesOf(appointmentId))
        if (channel === 'text')
          expect(room.provider.asked.filter((key) => key === reminderId)).toHaveLength(1)
    }
  })
})

describe('what is checked when it is sent', () => {
  test('S-10 a consent that was withdrawn since: not sent, shown with the reason, told', async () => {
    const { appointmentId, patientId, email } = await room.booked({ reminders: [EMAIL, TEXT] })
    const change = {
      name: 'Gone',
      reminderConsents: { ...CONSENTS, email: false, phone: false },
      phone: '+1 312 555 0100',
    }
    created(await room.owner.put(`/v1/patients/${patientId}`, change, { ifMatch: 1 }))
    await room.turn(DAY_BEFORE)
    const messages = await room.messagesOf(appointmentId)
    expect(messages.find(({ channel }) => channel === 'email')).toMatchObject({
      state: 'failed',
      reason: 'consent-withdrawn',
      detail: expect.stringContaining('no consent'),
      attempts: 0,
      sentTo: null,
    })
    // The contact is the one that is on file at that moment.
    expect(messages.find(({ channel }) => channel === 'text')).toMatchObject({
      state: 'sent',
      sentTo: '+1 312 555 0100',
    })
    expect(room.lettersTo(email)).toEqual([])
    expect((await facts(appointmentId)).map(([topic, , reason]) => [topic, reason])).toEqual([
      ['reminder.failed', 'consent-withdrawn'],
      ['reminder.sent', undefined],
    ])
    const failed = messages.find(({ channel }) => channel === 'email')!
    const retry = () => room.owner.post(`/v1/reminders/${failed.reminderId}/retry`, {})
    expect((await retry()).body).toMatchObject({ type: expect.stringContaining('reminder_without_consent') })
    const again = { name: 'Back', email, reminderConsents: { email: true } }
    created(await room.owner.put(`/v1/patients/${patientId}`, again, { ifMatch: 2 }))
    expect(created(await retry())).toMatchObject({ state: 'waiting', reason: null })
    await room.turn(DAY_BEFORE)
    expect(room.lettersTo(email)).toHaveLength(1)
  })

  test('S-10 a channel that is not set up: shown as not sent, and sent by itself once it is', async () => {
    const { appointmentId, email } = await room.booked({ reminders: [EMAIL] })
    await room.turn(DAY_BEFORE, { carriers: {} })
    await planKeptBack(room.sending(DAY_BEFORE, { carriers: {} }))
    expect(await room.messagesOf(appointmentId)).toMatchObject([
      { state: 'failed', reason: 'channel-not-set-up', detail: expect.stringContaining('set up') },
    ])
    await planKeptBack(room.sending(DAY_BEFORE))
    await room.turn(DAY_BEFORE.add({ minutes: 1 }))
    expect(await states(appointmentId)).toEqual(['sent'])
    expect(room.lettersTo(email)).toHaveLength(1)
    expect(await facts(appointmentId)).toEqual([
      ['reminder.failed', 2, 'channel-not-set-up'],
      ['reminder.sent', 4],
    ])
  })
})

describe('late', () => {
  const FIVE = { channel: 'email', daysAhead: 5 }

  test('S-10 a start-up that is late sends the newest of what is due over a channel, once', async () => {
    const { appointmentId, email } = await room.booked({ reminders: [FIVE, EMAIL] })
    await room.turn(START.subtract({ hours: 2 }))
    expect((await states(appointmentId)).sort()).toEqual(['dropped overtaken', 'sent'])
    expect(room.lettersTo(email)).toHaveLength(1)
  })

  test('S-10 once the visit has begun nothing is sent any more, and that is shown', async () => {
    const { appointmentId, email } = await room.booked({ reminders: [EMAIL, TEXT] })
    await room.turn(START)
    expect(await states(appointmentId)).toEqual(['failed too-late', 'failed too-late'])
    expect(room.lettersTo(email)).toEqual([])
    const [message] = await room.messagesOf(appointmentId)
    // By the clock of the office its time is not over.
    expect((await room.owner.post(`/v1/reminders/${message!.reminderId}/retry`, {})).status).toBe(200)
  })

  test('S-10 planned late it goes at once', async () => {
    const soon = Temporal.Now.zonedDateTimeISO('America/Chicago').add({ hours: 3 })
    const times = {
      start: soon.toPlainDateTime().toString({ smallestUnit: 'minute' }),
      end: soon.add({ minutes: 50 }).toPlainDateTime().toString({ smallestUnit: 'minute' }),
    }
    const { appointmentId, email } = await room.booked({ reminders: [EMAIL], ...times })
    await room.turn(Temporal.Now.instant())
    expect(await states(appointmentId)).toEqual(['sent'])
    expect(room.lettersTo(email)).toHaveLength(1)
  })

  test('S-10 what an appointment of before asks for is planned by the sender', async () => {
    const { appointmentId, patientId } = await room.booked()
    await room.desk.database.write(room.desk.practiceId, (tx) =>
      tx.run(sql`
        insert into appointment_reminder (practice_id, appointment_id, position, channel, days_ahead)
        values (current_practice(), ${appointmentId}, 1, 'email', 2)`),
    )
    expect(await room.messagesOf(appointmentId)).toEqual([])
    await planUnplanned(room.sending(DAY_BEFORE))
    expect(await room.messagesOf(appointmentId)).toMatchObject([
      { state: 'waiting', daysAhead: 2, patientId },
    ])
    expect(await planUnplanned(room.sending(DAY_BEFORE))).toBe(0)
  })
})

describe('a clock that jumps', () => {
  test('S-10 forward over the visit and back: what was kept back is planned again and sent once, in time', async () => {
    const { appointmentId, email } = await room.booked({ reminders: [EMAIL], ...FUTURE })
    await room.turn(START.add({ hours: 24 * 400 }))
    expect(await states(appointmentId)).toEqual(['failed too-late'])
    const back = DAY_BEFORE.subtract({ hours: 30 })
    await planKeptBack(room.sending(back))
    await room.turn(back)
    expect(await states(appointmentId)).toEqual(['waiting'])
    await room.turn(DAY_BEFORE)
    expect(await states(appointmentId)).toEqual(['sent'])
    expect(room.lettersTo(email)).toHaveLength(1)
  })

  test('S-10 forward and back after it was sent: it is not sent again', async () => {
    const { appointmentId, email } = await room.booked({ reminders: [EMAIL, TEXT] })
    await room.turn(DAY_BEFORE.add({ hours: 20 }))
    for (const hours of [-240, -1, 0, 21, 8_000, -8_000, 0.5]) {
      const now = DAY_BEFORE.add({ seconds: hours * 3_600 })
      await planKeptBack(room.sending(now))
      await room.turn(now)
    }
    expect(await states(appointmentId)).toEqual(['sent', 'sent'])
    expect(room.lettersTo(email)).toHaveLength(1)
  })

  test('S-10 back between two attempts: it does not wait for a moment that is far away', async () => {
    const { appointmentId } = await room.booked({ reminders: [EMAIL] })
    room.smtp.refuse({ at: 'data', code: 451, text: 'later' })
    const ahead = DAY_BEFORE.add({ hours: 20 })
    await room.turn(ahead)
    room.smtp.refuse()
    await room.turn(DAY_BEFORE.add({ minutes: 1 }))
    expect(await states(appointmentId)).toEqual(['sent'])
  })

  test('S-10 back over its moment between two attempts: it waits for that', async () => {
    const { appointmentId } = await room.booked({ reminders: [EMAIL] })
    room.smtp.refuse({ at: 'data', code: 451, text: 'later' })
    await room.turn(DAY_BEFORE)
    room.smtp.refuse()
    await room.turn(DAY_BEFORE.subtract({ hours: 48 }))
    expect(await room.messagesOf(appointmentId)).toMatchObject([
      { state: 'waiting', nextAttemptAt: DAY_BEFORE.toString() },
    ])
  })
})
