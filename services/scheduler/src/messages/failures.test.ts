import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { openLog } from '@praxisbus/runtime/log.ts'
import { created, refusalOf } from '../testing/office.ts'
import { DAY_BEFORE, EMAIL, HANG_MS, openPostRoom, type PostRoom, TEXT } from '../testing/post-room.ts'

let room: PostRoom
beforeAll(async () => {
  room = await openPostRoom()
})
beforeEach(() => room.calm())
afterAll(() => room.close())

describe('what could not be sent', () => {
  test('S-10 is tried again, later each time, then shown as failed and told; a person has it tried once more', async () => {
    const { appointmentId, email } = await room.booked({ reminders: [EMAIL] })
    room.smtp.refuse({ at: 'data', code: 451, text: 'try later' })
    await room.turn(DAY_BEFORE)
    const first = await room.only(appointmentId)
    expect(first).toMatchObject({
      state: 'waiting',
      attempts: 1,
      nextAttemptAt: DAY_BEFORE.add({ seconds: 30 }).toString(),
    })
    expect(first.lastError).toContain('try later')
    let now = DAY_BEFORE
    for (let attempt = 2; attempt <= 12; attempt++) {
      now = Temporal.Instant.from((await room.only(appointmentId)).nextAttemptAt!)
      await room.turn(now)
    }
    const { reminderId, ...failed } = await room.only(appointmentId)
    expect(failed).toMatchObject({ state: 'failed', reason: 'gave-up', attempts: 12, nextAttemptAt: null })
    expect(failed.lastError).toContain('try later')
    expect(now.since(DAY_BEFORE).total('hours')).toBeLessThan(6)
    const list = created(await room.owner.get('/v1/reminders?state=failed&channel=email'))
    expect(list.items.map((item: { reminderId: string }) => item.reminderId)).toContain(reminderId)
    expect(await room.told(reminderId)).toEqual(['reminder.failed gave-up'])
    room.smtp.refuse()
    expect(created(await room.retry(reminderId))).toMatchObject({ state: 'waiting', attempts: 0 })
    await room.turn(now)
    expect(await room.only(appointmentId)).toMatchObject({ state: 'sent', attempts: 1 })
    expect(room.lettersTo(email)).toHaveLength(1)
    expect(await room.told(reminderId)).toEqual(['reminder.failed gave-up', 'reminder.sent'])
    expect(refusalOf(await room.retry(reminderId))).toMatchObject({ status: 409, code: 'already_sent' })
  })

  test('S-10 an address that the server will not have fails at once', async () => {
    const { appointmentId } = await room.booked({ reminders: [EMAIL] })
    room.smtp.refuse({ at: 'recipient', code: 550, text: 'no such mailbox' })
    await room.turn(DAY_BEFORE)
    expect(await room.only(appointmentId)).toMatchObject({ state: 'failed', reason: 'refused', attempts: 1 })
  })

  test('S-10, P-06 what the other side said stands with the message and not in the log: it may name the address', async () => {
    const { appointmentId, email } = await room.booked({ reminders: [EMAIL, TEXT] })
    const lines: string[] = []
    const log = openLog('scheduler', 'debug', { write: (line) => void lines.push(line) })
    room.smtp.refuse({ at: 'recipient', code: 550, text: `<${email}> is unknown here` })
    room.provider.trouble({ status: 422 })
    await room.turn(DAY_BEFORE, { log })
    const messages = await room.messagesOf(appointmentId)
    expect(messages.map(({ lastError }) => lastError)).toContainEqual(expect.stringContaining(email))
    const logged = lines.map((line) => JSON.parse(line))
    expect(logged).toHaveLength(2)
    expect(logged).toContainEqual(
      expect.objectContaining({ code: 'EENVELOPE 550', permanent: true, mayHaveArrived: false }),
    )
    expect(logged).toContainEqual(expect.objectContaining({ code: 'HTTP 422', permanent: true }))
    for (const message of messages) {
      expect(logged.map(({ id }) => id)).toContain(message.reminderId)
      expect(lines.join('')).not.toContain(message.lastError)
    }
    expect(lines.join('')).not.toContain(email)
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
      const { reminderId, ...after } = await room.only(appointmentId)
      expect(after).toMatchObject({ state, reason, attempts: 1 })
      expect(after.lastError).not.toBeNull()
      room.provider.trouble()
      if (state === 'failed') created(await room.retry(reminderId))
      await room.turn(DAY_BEFORE.add({ seconds: 31 }))
      expect(await room.only(appointmentId)).toMatchObject({ state: 'sent', lastError: null })
      expect(room.provider.sent.filter(({ key }) => key === reminderId)).toHaveLength(1)
      expect(room.provider.asked.filter((key) => key === reminderId)).toHaveLength(2)
    },
  )

  test('S-10 a provider that asks for patience gets it', async () => {
    const { appointmentId } = await room.booked({ reminders: [TEXT] })
    room.provider.trouble({ status: 429, retryAfter: 600 })
    await room.turn(DAY_BEFORE)
    const { nextAttemptAt } = await room.only(appointmentId)
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
