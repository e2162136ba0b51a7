import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Carrier } from '../adapters/messages.ts'
import { created, refusalOf } from '../testing/office.ts'
import { DAY_BEFORE, EMAIL, openPostRoom, type PostRoom, TEXT } from '../testing/post-room.ts'
import type { Sending } from './acting.ts'
import { sendOne } from './send.ts'

let room: PostRoom
beforeAll(async () => {
  room = await openPostRoom()
})
beforeEach(() => room.calm())
afterAll(() => room.close())

/** A sender that is killed: after it claimed the message (`sends` false), or after the other side took it. */
function dying(sends: boolean): Carrier['send'] {
  const { carriers } = room.sending(DAY_BEFORE)
  return async (outgoing) => {
    if (sends) await carriers[outgoing.channel]!.send(outgoing)
    return new Promise<never>(() => undefined)
  }
}

/** Begins to send and is never heard of again. */
async function killed(reminderId: string, sends: boolean): Promise<void> {
  const begun = Promise.withResolvers<void>()
  const carrier: Carrier = {
    send: async (outgoing) => {
      const end = dying(sends)(outgoing)
      await (sends ? new Promise((resolve) => setTimeout(resolve, 150)) : undefined)
      begun.resolve()
      return end
    },
    close: () => undefined,
  }
  const carriers = { email: carrier, phone: carrier, text: carrier }
  void sendOne(room.sending(DAY_BEFORE, { carriers }), { practiceId: room.desk.practiceId, id: reminderId })
  await begun.promise
}

/** A sender whose carrier waits until it is let go. */
function openSlow(settings: Sending) {
  const begun = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  const email: Carrier = {
    send: async (outgoing) => {
      begun.resolve()
      await gate.promise
      return settings.carriers.email!.send(outgoing)
    },
    close: () => undefined,
  }
  return { settings: { ...settings, carriers: { email } }, begun: begun.promise, go: () => gate.resolve() }
}

describe('what may have gone out', () => {
  test.each([
    ['silence', true],
    ['silence', false],
    ['hangUp', true],
  ] as const)(
    'S-10 a mail server that falls to %s after the last byte: unknown, told, and not sent again by itself',
    async (at, taken) => {
      const { appointmentId, email } = await room.booked({ reminders: [EMAIL] })
      room.smtp.refuse({ at, taken })
      await room.turn(DAY_BEFORE)
      room.smtp.refuse()
      await room.turn(DAY_BEFORE.add({ hours: 20 }))
      const { reminderId, ...message } = await room.only(appointmentId)
      expect(message).toMatchObject({ state: 'unknown', reason: 'outcome-unknown', nextAttemptAt: null })
      expect(room.lettersTo(email)).toHaveLength(taken ? 1 : 0)
      expect(await room.told(reminderId)).toEqual(['reminder.failed outcome-unknown'])
      expect(refusalOf(await room.retry(reminderId))).toEqual({
        status: 409,
        code: 'outcome_unknown',
        field: 'evenIfSent',
      })
      created(await room.retry(reminderId, { evenIfSent: true }))
      await room.turn(DAY_BEFORE.add({ hours: 20 }))
      const letters = room.lettersTo(email)
      expect(letters).toHaveLength(taken ? 2 : 1)
      // Under the name of the first, so that a mailbox may know it again.
      for (const letter of letters) expect(letter).toContain(`Message-ID: <${reminderId}@`)
    },
  )

  test.each([true, false])(
    'S-10 killed between claim and mark (email sent: %s): unknown once the claim has run out',
    async (sends) => {
      const { appointmentId, email } = await room.booked({ reminders: [EMAIL] })
      const { reminderId } = await room.only(appointmentId)
      await killed(reminderId, sends)
      await room.turn(DAY_BEFORE.add({ seconds: 100 }))
      expect(await room.only(appointmentId)).toMatchObject({ state: 'sending', attempts: 1 })
      expect(refusalOf(await room.retry(reminderId))).toMatchObject({ code: 'being_sent' })
      await room.turn(DAY_BEFORE.add({ seconds: 181 }))
      expect(await room.only(appointmentId)).toMatchObject({ state: 'unknown', attempts: 1 })
      expect(room.lettersTo(email)).toHaveLength(sends ? 1 : 0)
    },
  )

  test.each([true, false])(
    'S-10 killed between claim and mark (text sent: %s): asked again by the same key, sent once',
    async (sends) => {
      const { appointmentId } = await room.booked({ reminders: [TEXT] })
      const { reminderId } = await room.only(appointmentId)
      await killed(reminderId, sends)
      await room.turn(DAY_BEFORE.add({ seconds: 181 }))
      expect(await room.only(appointmentId)).toMatchObject({ state: 'sent', attempts: 2 })
      expect(room.provider.sent.filter(({ key }) => key === reminderId)).toHaveLength(1)
    },
  )

  test('S-10 a sender that was held up longer than its claim still says how it went', async () => {
    const { appointmentId, email } = await room.booked({ reminders: [EMAIL] })
    const { reminderId } = await room.only(appointmentId)
    const slow = openSlow(room.sending(DAY_BEFORE))
    const sending = sendOne(slow.settings, { practiceId: room.desk.practiceId, id: reminderId })
    await slow.begun
    await room.turn(DAY_BEFORE.add({ hours: 2 }))
    expect(await room.only(appointmentId)).toMatchObject({ state: 'unknown' })
    slow.go()
    await sending
    expect(await room.only(appointmentId)).toMatchObject({ state: 'sent', reason: null })
    expect(room.lettersTo(email)).toHaveLength(1)
    expect(await room.told(reminderId)).toEqual(['reminder.failed outcome-unknown', 'reminder.sent'])
  })
})

describe('while one is being sent', () => {
  test('S-10 the appointment is cancelled: what is on its way goes, and nothing after it', async () => {
    const { appointmentId, path, email } = await room.booked({ reminders: [EMAIL] })
    const { reminderId } = await room.only(appointmentId)
    const slow = openSlow(room.sending(DAY_BEFORE))
    const sending = sendOne(slow.settings, { practiceId: room.desk.practiceId, id: reminderId })
    await slow.begun
    created(await room.owner.post(`${path}/cancel`, { kind: 'cancelled' }))
    room.smtp.refuse({ at: 'data', code: 451, text: 'later' })
    slow.go()
    await sending
    room.smtp.refuse()
    await room.turn(DAY_BEFORE.add({ minutes: 5 }))
    expect(await room.only(appointmentId)).toMatchObject({ state: 'dropped', reason: 'cancelled' })
    expect(room.lettersTo(email)).toEqual([])
  })

  test.each([
    ['is taken', ['sent', 'sent']],
    ['is refused for now', ['dropped superseded', 'sent']],
  ])(
    'S-10 the appointment is moved, and the first one %s: each start is told of once',
    async (how, outcome) => {
      const { appointmentId, email } = await room.booked({ reminders: [EMAIL] })
      const { reminderId } = await room.only(appointmentId)
      const slow = openSlow(room.sending(DAY_BEFORE))
      const sending = sendOne(slow.settings, { practiceId: room.desk.practiceId, id: reminderId })
      await slow.begun
      await room.move(appointmentId, '2090-03-06T11:10')
      if (how !== 'is taken') room.smtp.refuse({ at: 'data', code: 451, text: 'later' })
      slow.go()
      await sending
      room.smtp.refuse()
      await room.turn(DAY_BEFORE.add({ hours: 5 }))
      expect((await room.statesOf(appointmentId)).reverse()).toEqual(outcome)
      const letters = room.lettersTo(email)
      expect(letters).toHaveLength(how === 'is taken' ? 2 : 1)
      expect(letters.at(-1)).toContain('11:10 AM CST')
      expect(letters.at(-1)!.includes('Its time has changed.')).toBe(how === 'is taken')
    },
  )
})
