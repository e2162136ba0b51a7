import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { SessionFeedbackGiven } from '@praxisbus/contracts'
import { openDatabase, sql } from '@praxisbus/runtime'
import { created, PAST } from '../testing/office.ts'
import { type Booked, openPostRoom, type PostRoom, PUBLIC_URL } from '../testing/post-room.ts'

let room: PostRoom
beforeAll(async () => {
  room = await openPostRoom()
})
beforeEach(() => room.calm())
afterAll(() => room.close())

const now = () => Temporal.Now.instant()
/** A session that ended ten minutes ago: not so late that a text would wait for the morning. */
function justNow() {
  const start = Temporal.Now.zonedDateTimeISO('America/Chicago').subtract({ hours: 1 }).toPlainDateTime()
  const minutes = (at: Temporal.PlainDateTime) => at.toString({ smallestUnit: 'minute' })
  return { start: minutes(start), end: minutes(start.add({ minutes: 50 })), timeZone: 'America/Chicago' }
}
const complete = async ({ path }: Booked) =>
  created(await room.owner.post(`${path}/complete`, { paymentType: 'other', lineItems: [] }))
const wanted = { sessionBridge: true }
const linkIn = (letter: string) =>
  new RegExp(`${PUBLIC_URL}/feedback/([\\w-]+)`).exec(letter.replaceAll('=\r\n', ''))![1]!

/** A completed session whose link has been sent. */
async function bridged(end = complete): Promise<Booked & { token: string }> {
  const booked = await room.booked({ ...justNow(), ...wanted })
  await end(booked)
  await room.turn(now())
  return { ...booked, token: linkIn(room.lettersTo(booked.email).at(-1)!) }
}
const open = (token: string) => fetch(`${room.desk.url}/feedback/${token}`)
const send = (token: string, fields: Record<string, string>) =>
  fetch(`${room.desk.url}/feedback/${token}`, { method: 'POST', body: new URLSearchParams(fields) })
const ANSWERS = { relationship: '9', goals: '8', approach: '10', overall: '0' }
const titleOf = async (response: Response) =>
  [response.status, /<h1>(.*)<\/h1>/.exec(await response.text())![1]] as const

describe('the session bridge', () => {
  test('S-11 the link goes out once the session is complete, not before, and only where it is wanted', async () => {
    const booked = await room.booked({ ...justNow(), ...wanted })
    const other = await room.booked(justNow())
    await room.turn(now())
    expect(room.lettersTo(booked.email)).toEqual([])
    await complete(booked)
    await complete(other)
    await room.turn(now())
    await room.turn(now())
    const letters = room.lettersTo(booked.email)
    expect(letters).toHaveLength(1)
    expect(letters[0]).toContain('Subject: How was your visit?')
    for (const hidden of ['Patient', 'Reyes']) expect(letters[0]).not.toContain(hidden)
    expect(room.lettersTo(other.email)).toEqual([])
    expect(await room.messagesOf(booked.appointmentId)).toMatchObject([{ kind: 'feedback', state: 'sent' }])
  })

  test('S-11 who was checked in gets it when the session is over', async () => {
    const booked = await room.booked({ ...justNow(), ...wanted })
    created(await room.owner.post(`${booked.path}/check-in`, {}))
    await room.turn(now())
    expect(room.lettersTo(booked.email)).toHaveLength(1)
    await complete(booked)
    await room.turn(now())
    expect(room.lettersTo(booked.email)).toHaveLength(1)
  })

  test('S-11 a no-show, or a session of long ago, is asked nothing', async () => {
    const booked = await room.booked({ ...justNow(), ...wanted })
    created(await room.owner.post(`${booked.path}/cancel`, { kind: 'no-show' }))
    const old = await room.booked({ ...PAST, ...wanted })
    await complete(old)
    await room.turn(now())
    expect(await room.messagesOf(booked.appointmentId)).toEqual([])
    expect(await room.messagesOf(old.appointmentId)).toMatchObject([{ state: 'dropped', reason: 'too-late' }])
  })

  test('S-11 by text where the patient agreed to texts alone; without the address of the page it is shown as not sent', async () => {
    const booked = await room.booked({ ...justNow(), ...wanted }, { reminderConsents: { text: true } })
    await complete(booked)
    await room.turn(now(), { publicUrl: undefined })
    const [message] = await room.messagesOf(booked.appointmentId)
    expect(message).toMatchObject({ channel: 'text', state: 'failed', reason: 'channel-not-set-up' })
    created(await room.owner.post(`/v1/reminders/${message!.reminderId}/retry`, {}))
    await room.turn(now())
    const { text } = room.provider.sent.find(({ key }) => key === message!.reminderId)!
    expect((await open(linkIn(text))).status).toBe(200)
  })

  test('S-11 the page shows a form, without the patient’s name, and keeps the link to itself', async () => {
    const { token } = await bridged()
    const response = await open(token)
    const html = await response.text()
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
    })
    expect(html).toContain('Lakeside Counseling')
    for (const hidden of ['Patient', 'Reyes', token, '<script']) expect(html).not.toContain(hidden)
    // A name for each group and each control, for whoever hears the page.
    expect(html.match(/<fieldset>\s*<legend>/g)).toHaveLength(4)
    expect(html.match(/<label><input type="radio" [^>]*required> \d+<\/label>/g)).toHaveLength(44)
    expect(html).toMatch(/<html lang="en">[\s\S]*<label for="comment">[\s\S]*<textarea id="comment"/)
  })

  test('S-11 answers are stored, shown with the appointment, and published, without what the patient wrote', async () => {
    const { token, path, appointmentId, patientId } = await bridged()
    const comment = 'Thank you <b>so</b> much'
    expect(await titleOf(await send(token, { ...ANSWERS, comment }))).toEqual([200, 'Thank you'])
    const ratings = { relationship: 9, goals: 8, approach: 10, overall: 0 }
    const clinician = await room.as('appointment.read', 'encounter.read')
    const shown = created(await clinician.get(path))
    expect(shown.feedback).toEqual({ ...ratings, commented: true, comment, givenAt: expect.any(String) })
    const desk = await room.as('appointment.read')
    expect(created(await desk.get(path)).feedback).toMatchObject({
      ...ratings,
      commented: true,
      comment: null,
    })
    expect(shown.messages).toMatchObject([{ kind: 'feedback', state: 'sent' }])
    const [fact, ...others] = (await room.desk.facts(SessionFeedbackGiven)).filter(
      ({ data }) => data.appointmentId === appointmentId,
    )
    expect(others).toEqual([])
    expect(fact!.data).toMatchObject({ appointmentId, patientId, ratings, commented: true })
    expect(JSON.stringify(fact!.data)).not.toContain('Thank')
    const [entry] = await room.desk.database.read(room.desk.practiceId, (tx) =>
      tx.many<{ userId: string }>(
        sql`select user_id from audit where record_id = ${appointmentId} and action = 'give feedback'`,
      ),
    )
    expect(entry).toEqual({ userId: 'link' })
  })

  test('S-11 once: a second answer changes nothing, also at the same moment', async () => {
    const { token, path, appointmentId } = await bridged()
    const many = await Promise.all(
      ['1', '2', '3', '4'].map((overall) => send(token, { ...ANSWERS, overall })),
    )
    const texts = await Promise.all(many.map((response) => response.text()))
    expect(texts.filter((text) => text.includes('have been sent'))).toHaveLength(1)
    expect(texts.filter((text) => text.includes('came before'))).toHaveLength(3)
    const { feedback } = created(await room.owner.get(path))
    expect((await (await send(token, { ...ANSWERS, overall: '5' })).text()).includes('came before')).toBe(
      true,
    )
    expect(created(await room.owner.get(path)).feedback).toEqual(feedback)
    expect(
      (await room.desk.facts(SessionFeedbackGiven)).filter(
        ({ data }) => data.appointmentId === appointmentId,
      ),
    ).toHaveLength(1)
  })

  test.each([
    [{ ...ANSWERS, goals: '' }, 'goals'],
    [{ ...ANSWERS, goals: '11' }, 'goals'],
    [{ ...ANSWERS, goals: '-1' }, 'goals'],
    [{ ...ANSWERS, goals: '1e1' }, 'goals'],
    [{ relationship: '1', approach: '2', overall: '3' }, 'goals'],
    [{ ...ANSWERS, comment: 'x'.repeat(2_001) }, 'comment'],
  ])(
    'S-11 %j is not taken: the form comes back with what was chosen, and says what is missing',
    async (fields, wrong) => {
      const { token, path } = await bridged()
      const response = await send(token, fields)
      const html = await response.text()
      expect(response.status).toBe(400)
      expect(html).toContain('role="alert"')
      expect(html).toContain(`id="${wrong}-error"`)
      expect(html).toMatch(new RegExp(`name="relationship" value="${fields.relationship}" required checked`))
      expect(created(await room.owner.get(path)).feedback).toBeNull()
      expect(await titleOf(await send(token, { ...ANSWERS, comment: 'a\u0000b<script>' }))).toEqual([
        200,
        'Thank you',
      ])
    },
  )

  test('S-11 what a patient typed does not become part of the page', async () => {
    const { token } = await bridged()
    const html = await (await send(token, { comment: '</textarea><script>x()</script>' })).text()
    expect(html).not.toContain('<script')
    expect(html).toContain('&lt;/textarea&gt;&lt;script&gt;')
  })

  test('S-11 an unknown or expired link, or one to a session that was taken off, opens nothing', async () => {
    const { token, path, appointmentId } = await bridged(async (booked) =>
      created(await room.owner.post(`${booked.path}/check-in`, {})),
    )
    for (const wrong of [
      'x',
      'A'.repeat(43),
      `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`,
      "'; drop--".repeat(5),
    ])
      expect(await titleOf(await open(encodeURIComponent(wrong)))).toEqual([404, 'There is nothing here'])
    const { rows, age } = await room.desk.database.read(room.desk.practiceId, async (tx) => ({
      rows: await tx.many<{ found: string }>(
        sql`select encode(token_hash, 'escape') as found from feedback_link`,
      ),
      age: await tx.one<{ days: number }>(sql`
        select round(extract(epoch from expires_at - clock_timestamp()) / 86400)::int as days
          from feedback_link where appointment_id = ${appointmentId}`),
    }))
    expect(rows.map(({ found }) => found).join()).not.toContain(token)
    expect(age.days).toBe(14)
    created(await room.owner.delete(path))
    expect(await titleOf(await open(token))).toEqual([410, 'This link has expired'])
    expect(await titleOf(await send(token, ANSWERS))).toEqual([410, 'This link has expired'])
    const admin = openDatabase(room.desk.adminUrl)
    const late = await bridged()
    await admin.plain((tx) =>
      tx.run(
        sql`update feedback_link set expires_at = clock_timestamp() where appointment_id = ${late.appointmentId}`,
      ),
    )
    await admin.close()
    expect(await titleOf(await send(late.token, ANSWERS))).toEqual([410, 'This link has expired'])
    expect(created(await room.owner.get(late.path)).feedback).toBeNull()
  })
})
