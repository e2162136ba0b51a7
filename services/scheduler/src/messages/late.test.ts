import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { sql } from '@praxisbus/runtime'
import { FUTURE } from '../testing/office.ts'
import { DAY_BEFORE, EMAIL, openPostRoom, type PostRoom, START, TEXT } from '../testing/post-room.ts'
import { planKeptBack, planUnplanned } from './kept-back.ts'

let room: PostRoom
beforeAll(async () => {
  room = await openPostRoom()
})
beforeEach(() => room.calm())
afterAll(() => room.close())

describe('late', () => {
  const FIVE = { channel: 'email', daysAhead: 5 }

  test('S-10 a start-up that is late sends the newest of what is due over a channel, once', async () => {
    const { appointmentId, email } = await room.booked({ reminders: [FIVE, EMAIL] })
    await room.turn(START.subtract({ hours: 2 }))
    expect((await room.statesOf(appointmentId)).sort()).toEqual(['dropped overtaken', 'sent'])
    expect(room.lettersTo(email)).toHaveLength(1)
  })

  test('S-10 once the visit has begun nothing is sent any more, and that is shown', async () => {
    const { appointmentId, email } = await room.booked({ reminders: [EMAIL, TEXT] })
    await room.turn(START)
    expect(await room.statesOf(appointmentId)).toEqual(['failed too-late', 'failed too-late'])
    expect(room.lettersTo(email)).toEqual([])
    const [message] = await room.messagesOf(appointmentId)
    // By the clock of the office its time is not over.
    expect((await room.retry(message!.reminderId)).status).toBe(200)
  })

  test('S-10 planned late it goes at once', async () => {
    const soon = Temporal.Now.zonedDateTimeISO('America/Chicago').add({ hours: 3 })
    const times = {
      start: soon.toPlainDateTime().toString({ smallestUnit: 'minute' }),
      end: soon.add({ minutes: 50 }).toPlainDateTime().toString({ smallestUnit: 'minute' }),
    }
    const { appointmentId, email } = await room.booked({ reminders: [EMAIL], ...times })
    await room.turn(Temporal.Now.instant())
    expect(await room.statesOf(appointmentId)).toEqual(['sent'])
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
    expect(await room.statesOf(appointmentId)).toEqual(['failed too-late'])
    const back = DAY_BEFORE.subtract({ hours: 30 })
    await planKeptBack(room.sending(back))
    await room.turn(back)
    expect(await room.statesOf(appointmentId)).toEqual(['waiting'])
    await room.turn(DAY_BEFORE)
    expect(await room.statesOf(appointmentId)).toEqual(['sent'])
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
    expect(await room.statesOf(appointmentId)).toEqual(['sent', 'sent'])
    expect(room.lettersTo(email)).toHaveLength(1)
  })

  test('S-10 back between two attempts: it does not wait for a moment that is far away', async () => {
    const { appointmentId } = await room.booked({ reminders: [EMAIL] })
    room.smtp.refuse({ at: 'data', code: 451, text: 'later' })
    const ahead = DAY_BEFORE.add({ hours: 20 })
    await room.turn(ahead)
    room.smtp.refuse()
    await room.turn(DAY_BEFORE.add({ minutes: 1 }))
    expect(await room.statesOf(appointmentId)).toEqual(['sent'])
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
