import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { created } from '../testing/office.ts'
import { CONSENTS, DAY_BEFORE, EMAIL, openPostRoom, type PostRoom, TEXT } from '../testing/post-room.ts'
import { planKeptBack } from './kept-back.ts'

let room: PostRoom
beforeAll(async () => {
  room = await openPostRoom()
})
beforeEach(() => room.calm())
afterAll(() => room.close())

const PHONE = { channel: 'phone', daysAhead: 1 }
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
      expect(await room.statesOf(appointmentId)).toEqual(['sent', 'sent'])
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
    const retry = () => room.retry(failed.reminderId)
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
    expect(await room.statesOf(appointmentId)).toEqual(['sent'])
    expect(room.lettersTo(email)).toHaveLength(1)
    expect(await facts(appointmentId)).toEqual([
      ['reminder.failed', 2, 'channel-not-set-up'],
      ['reminder.sent', 4],
    ])
  })
})
