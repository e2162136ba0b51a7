import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Carrier } from '../adapters/messages.ts'
import { created, refusalOf } from '../testing/office.ts'
import { DAY_BEFORE, HANG_MS, openPostRoom, type PostRoom } from '../testing/post-room.ts'
import { type Sending, sendOne } from './send.ts'

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
const only = async (appointmentId: string) => {
  const [message, ...others] = await room.messagesOf(appointmentId)
  expect(others).toEqual([])
  return message!
}
const retry = (reminderId: string, body = {}) => room.owner.post(`/v1/reminders/${reminderId}/retry`, body)
const told = async (reminderId: string) =>
  (await room.desk.facts())
    .filter(({ key }) => key === reminderId)
    .map(({ topic, data }) => (data.reason ? `${topic} ${data.reason}` : topic))

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

describe('what could not be sent', () => {
  test('S-10 is tried again, later each time, then shown as failed and told; a person has it tried once more', async () => {
    const { appointmentId, email } = await room.booked({ reminders: [EMAIL] })
    room.smtp.refuse({ at: 'data', code: 451, text: 'try later' })
    await room.turn(DAY_BEFORE)
    const first = await only(appointmentId)
    expect(first).toMatchObject({
      state: 'waiting',
      attempts: 1,
      nextAttemptAt: DAY_BEFORE.add({ seconds: 30 }).toString(),
    })
    expect(first.lastError).toContain('try later')
    let now = DAY_BEFORE
    for (let attempt = 2; attempt <= 12; attempt++) {
      now = Temporal.Instant.from((await only(appointmentId)).nextAttemptAt!)
      await room.turn(now)
    }
    const { reminderId, ...failed } = await only(appointmentId)
    expect(failed).toMatchObject({ state: 'failed', reason: 'gave-up', attempts: 12, nextAttemptAt: null })
    expect(failed.lastError).toContain('try later')
    expect(now.since(DAY_BEFORE).total('hours')).toBeLessThan(6)
    const list = created(await room.owner.get('/v1/reminders?state=failed&channel=email'))
    expect(list.items.map((item: { reminderId: string }) => item.reminderId)).toContain(reminderId)
    expect(await told(reminderId)).toEqual(['reminder.failed gave-up'])
    room.smtp.refuse()
    expect(created(await retry(reminderId))).toMatchObject({ state: 'waiting', attempts: 0 })
    await room.turn(now)
    expect(await only(appointmentId)).toMatchObject({ state: 'sent', attempts: 1 })
    expect(room.lettersTo(email)).toHaveLength(1)
    expect(await told(reminderId)).toEqual(['reminder.failed gave-up', 'reminder.sent'])
    expect(refusalOf(await retry(reminderId))).toMatchObject({ status: 409, code: 'already_sent' })
  })

  test('S-10 an address that the server will not have fails at once', async () => {
    const { appointmentId } = await room.booked({ reminders: [EMAIL] })
    room.smtp.refuse({ at: 'recipient', code: 550, text: 'no such mailbox' })
    await room.turn(DAY_BEFORE)
    expect(await only(appointmentId)).toMatchObject({ state: 'failed', reason: 'refused', attempts: 1 })
  })

  test.each([
    [{ status: 400 }, 'failed', 'refused'],
    [{ status: 422 }, 'failed', 'refused'],
    [{ status: 401 }, 'waiting', null],
    [{ status: 404 }, 'waiting', null],
    [{ status: 429 }, 'waiting', null],
    [{ status: 500 }, 'sending', null],
    [{ status: 503 }, 'sending', null],
    [{ at: 'hangUp' }, 'sending', null],
    [{ at: 'silence' }, 'sending', null],
  ] as const)(
    'S-10 the provider answers %j: %s; by the same key it sends once when it is back',
    async (trouble, state, reason) => {
      const { appointmentId } = await room.booked({ reminders: [TEXT] })
      room.provider.trouble(trouble)
      await room.turn(DAY_BEFORE)
      const { reminderId, ...after } = await only(appointmentId)
      expect(after).toMatchObject({ state, reason, attempts: 1 })
      expect(after.lastError).not.toBeNull()
      room.provider.trouble()
      if (state === 'failed') created(await retry(reminderId))
      await room.turn(DAY_BEFORE.add({ seconds: 31 }))
      expect(await only(appointmentId)).toMatchObject({ state: 'sent', lastError: null })
      expect(room.provider.sent.filter(({ key }) => key === reminderId)).toHaveLength(1)
      expect(room.provider.asked.filter((key) => key === reminderId)).toHaveLength(2)
    },
  )

  test('S-10 a provider that asks for patience gets it', async () => {
    const { appointmentId } = await room.booked({ reminders: [TEXT] })
    room.provider.trouble({ status: 429, retryAfter: 600 })
    await room.turn(DAY_BEFORE)
    const { nextAttemptAt } = await only(appointmentId)
    expect(nextAttemptAt).toBe(DAY_BEFORE.add({ minutes: 10 }).toString())
  })

  test('S-10 one channel that hangs holds up no other', async () => {
    const { appointmentId } = await room.booked({ reminders: [EMAIL, TEXT] })
    room.smtp.refuse({ at: 'silence', taken: false })
    const begun = performance.now()
    const hanging = room.turn(DAY_BEFORE, {}, ['email'])
    await room.turn(DAY_BEFORE, {}, ['text'])
    expect(performance.now() - begun).toBeLessThan(HANG_MS)
    expect((await room.messagesOf(appointmentId)).find(({ channel }) => channel === 'text')!.state).toBe(
      'sent',
    )
    await hanging
  })
})

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
      const { reminderId, ...message } = await only(appointmentId)
      expect(message).toMatchObject({ state: 'unknown', reason: 'outcome-unknown', nextAttemptAt: null })
      expect(room.lettersTo(email)).toHaveLength(taken ? 1 : 0)
      expect(await told(reminderId)).toEqual(['reminder.failed outcome-unknown'])
      expect(refusalOf(await retry(reminderId))).toEqual({
        status: 409,
        code: 'outcome_unknown',
        field: 'evenIfSent',
      })
      created(await retry(reminderId, { evenIfSent: true }))
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
      const { reminderId } = await only(appointmentId)
      await killed(reminderId, sends)
      await room.turn(DAY_BEFORE.add({ seconds: 100 }))
      expect(await only(appointmentId)).toMatchObject({ state: 'sending', attempts: 1 })
      expect(refusalOf(await retry(reminderId))).toMatchObject({ code: 'being_sent' })
      await room.turn(DAY_BEFORE.add({ seconds: 181 }))
      expect(await only(appointmentId)).toMatchObject({ state: 'unknown', attempts: 1 })
      expect(room.lettersTo(email)).toHaveLength(sends ? 1 : 0)
    },
  )

  test.each([true, false])(
    'S-10 killed between claim and mark (text sent: %s): asked again by the same key, sent once',
    async (sends) => {
      const { appointmentId } = await room.booked({ reminders: [TEXT] })
      const { reminderId } = await only(appointmentId)
      await killed(reminderId, sends)
      await room.turn(DAY_BEFORE.add({ seconds: 181 }))
      expect(await only(appointmentId)).toMatchObject({ state: 'sent', attempts: 2 })
      expect(room.provider.sent.filter(({ key }) => key === reminderId)).toHaveLength(1)
    },
  )

  test('S-10 a sender that was held up longer than its claim still says how it went', async () => {
    const { appointmentId, email } = await room.booked({ reminders: [EMAIL] })
    const { reminderId } = await only(appointmentId)
    const slow = openSlow(room.sending(DAY_BEFORE))
    const sending = sendOne(slow.settings, { practiceId: room.desk.practiceId, id: reminderId })
    await slow.begun
    await room.turn(DAY_BEFORE.add({ hours: 2 }))
    expect(await only(appointmentId)).toMatchObject({ state: 'unknown' })
    slow.go()
    await sending
    expect(await only(appointmentId)).toMatchObject({ state: 'sent', reason: null })
    expect(room.lettersTo(email)).toHaveLength(1)
    expect(await told(reminderId)).toEqual(['reminder.failed outcome-unknown', 'reminder.sent'])
  })
})

describe('while one is being sent', () => {
  test('S-10 the appointment is cancelled: what is on its way goes, and nothing after it', async () => {
    const { appointmentId, path, email } = await room.booked({ reminders: [EMAIL] })
    const { reminderId } = await only(appointmentId)
    const slow = openSlow(room.sending(DAY_BEFORE))
    const sending = sendOne(slow.settings, { practiceId: room.desk.practiceId, id: reminderId })
    await slow.begun
    created(await room.owner.post(`${path}/cancel`, { kind: 'cancelled' }))
    room.smtp.refuse({ at: 'data', code: 451, text: 'later' })
    slow.go()
    await sending
    room.smtp.refuse()
    await room.turn(DAY_BEFORE.add({ minutes: 5 }))
    expect(await only(appointmentId)).toMatchObject({ state: 'dropped', reason: 'cancelled' })
    expect(room.lettersTo(email)).toEqual([])
  })

  test.each([
    ['is taken', ['sent', 'sent']],
    ['is refused for now', ['dropped superseded', 'sent']],
  ])(
    'S-10 the appointment is moved, and the first one %s: each start is told of once',
    async (how, outcome) => {
      const { appointmentId, email } = await room.booked({ reminders: [EMAIL] })
      const { reminderId } = await only(appointmentId)
      const slow = openSlow(room.sending(DAY_BEFORE))
      const sending = sendOne(slow.settings, { practiceId: room.desk.practiceId, id: reminderId })
      await slow.begun
      await room.move(appointmentId, '2090-03-06T11:10')
      if (how !== 'is taken') room.smtp.refuse({ at: 'data', code: 451, text: 'later' })
      slow.go()
      await sending
      room.smtp.refuse()
      await room.turn(DAY_BEFORE.add({ hours: 5 }))
      const messages = (await room.messagesOf(appointmentId)).reverse()
      expect(messages.map(({ state, reason }) => (reason ? `${state} ${reason}` : state))).toEqual(outcome)
      const letters = room.lettersTo(email)
      expect(letters).toHaveLength(how === 'is taken' ? 2 : 1)
      expect(letters.at(-1)).toContain('11:10 AM CST')
      expect(letters.at(-1)!.includes('Its time has changed.')).toBe(how === 'is taken')
    },
  )
})

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
