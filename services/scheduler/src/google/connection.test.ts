import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { ROLES } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import { at, type GoogleDesk, openGoogleDesk, times } from '../testing/google.ts'
import { created, refusalOf } from '../testing/office.ts'

let desk: GoogleDesk
beforeAll(async () => {
  desk = await openGoogleDesk()
})
beforeEach(async () => {
  desk.google.trouble()
  await desk.alone()
})
afterAll(() => desk.close())

const path = (practitionerId: string) => `/v1/practitioners/${practitionerId}/google-calendar`
const since = () => {
  const from = desk.google.requests.length
  return () => desk.google.requests.slice(from).map(({ call }) => call)
}

describe('S-19 connecting', () => {
  test('S-19 by the code of a consent; the token is sealed in the table and in no answer', async () => {
    const practitionerId = await desk.practitioner()
    desk.google.calendar('code@example.org')
    const { code, refreshToken } = desk.google.oauth.consent()
    const body = { code, redirectUri: 'https://practice.example/back', calendarId: 'code@example.org' }
    const answer = created(await desk.owner.post(path(practitionerId), body))
    expect(answer).toMatchObject({
      ...{ practitionerId, state: 'connected', calendarId: 'code@example.org', patientShownAs: 'nothing' },
      ...{ titlesShown: false, queued: 0, failed: [], openProposals: 0, lastSyncedAt: null },
    })
    await desk.sync()
    expect(await desk.owner.get(path(practitionerId))).toMatchObject({
      body: { lastSyncedAt: expect.any(String), lastError: null },
    })
    const rows = await desk.desk.database.read(desk.desk.practiceId, (tx) =>
      tx.many<{ refreshToken: string }>(
        sql`select refresh_token from google_connection where practitioner_id = ${practitionerId}`,
      ),
    )
    expect(rows[0]!.refreshToken).toMatch(/^1\./)
    expect(JSON.stringify(rows)).not.toContain(refreshToken)
    expect(JSON.stringify(answer)).not.toContain(refreshToken)
  })

  test('S-19 without a calendar it is the account’s own, by its real id', async () => {
    const other = await openGoogleDesk()
    try {
      other.google.calendar('me@example.org')
      const practitionerId = await other.practitioner()
      const { refreshToken } = other.google.oauth.consent()
      expect(created(await other.owner.post(path(practitionerId), { refreshToken }))).toMatchObject({
        calendarId: 'me@example.org',
      })
    } finally {
      await other.close()
    }
  })

  test.each([
    [{}, 'code'],
    [{ code: 'a', refreshToken: 'b' }, 'code'],
    [{ code: 'a' }, 'redirectUri'],
    [{ refreshToken: 'a', patientShownAs: 'all' }, 'patientShownAs'],
  ])('S-19 %j is refused by name', async (body, field) => {
    const practitionerId = await desk.practitioner()
    expect(refusalOf(await desk.owner.post(path(practitionerId), body))).toMatchObject({ status: 400, field })
  })

  test('S-19 what Google refuses is told, what it cannot answer is a matter of time; nothing is kept', async () => {
    const practitionerId = await desk.practitioner()
    const ask = (body: object) => desk.owner.post(path(practitionerId), body)
    expect(refusalOf(await ask({ refreshToken: 'nobody’s' }))).toMatchObject({
      status: 422,
      code: 'google_refused',
    })
    const { refreshToken } = desk.google.oauth.consent()
    const unknown = await ask({ refreshToken, calendarId: 'nowhere@example.org' })
    expect(refusalOf(unknown)).toMatchObject({ status: 422, field: 'calendarId' })
    desk.google.calendar('there@example.org')
    desk.google.trouble({ on: 'oauth.token', how: 'drop' })
    const { refreshToken: fresh } = desk.google.oauth.consent()
    expect(refusalOf(await ask({ refreshToken: fresh, calendarId: 'there@example.org' }))).toMatchObject({
      status: 503,
    })
    expect((await desk.owner.get(path(practitionerId))).status).toBe(404)
  })

  test('S-19 one calendar a practitioner, one practitioner a calendar', async () => {
    const { practitionerId, calendarId } = await desk.connect()
    const { refreshToken } = desk.google.oauth.consent()
    const again = await desk.owner.post(path(practitionerId), { refreshToken, calendarId })
    expect(refusalOf(again)).toMatchObject({ status: 409, code: 'already_connected' })
    const other = await desk.practitioner('Lee')
    expect(refusalOf(await desk.owner.post(path(other), { refreshToken, calendarId }))).toMatchObject({
      status: 409,
      code: 'calendar_taken',
      field: 'calendarId',
    })
    expect((await desk.owner.post(path(newId()), { refreshToken, calendarId })).status).toBe(404)
  })

  test('S-19 a clinician connects their own calendar, and cannot let names out', async () => {
    const userId = 'clinician-1'
    const clinician = await desk.desk.as({ permissions: ROLES.clinician!, userId })
    const frontDesk = await desk.desk.as({ permissions: ROLES['front-desk']!, userId: 'desk-1' })
    const own = created(await desk.owner.post('/v1/practitioners', { name: 'Own', userId })).practitionerId
    const others = await desk.practitioner('Other')
    desk.google.calendar('own@example.org')
    const { refreshToken } = desk.google.oauth.consent()
    const body = { refreshToken, calendarId: 'own@example.org' }
    expect(refusalOf(await clinician.post(path(others), body))).toMatchObject({
      status: 403,
      code: 'not_own_calendar',
    })
    expect((await frontDesk.post(path(own), body)).status).toBe(403)
    for (const more of [{ patientShownAs: 'initials' }, { titlesShown: true }])
      expect(refusalOf(await clinician.post(path(own), { ...body, ...more }))).toMatchObject({
        status: 403,
        code: 'may_not_show',
      })
    expect(created(await clinician.post(path(own), body))).toMatchObject({ state: 'connected' })
    expect((await clinician.get(path(others))).status).toBe(403)
  })

  test('S-19 no patient’s name leaves unless the practice says so, nor anything else of a visit', async () => {
    const dana = await desk.connect()
    const details = {
      telehealthUrl: 'https://video.example/r/1',
      additionalInstructions: 'Ring at Lovelace’s',
    }
    await desk.visit(dana, details)
    await desk.block(dana, { title: 'Talk about Ada', start: at(1), end: at(1, '10:00') })
    await desk.settle()
    const sent = desk.google.requests.map(({ body, query }) => body + JSON.stringify(query)).join('\n')
    expect(sent).toMatch(/Appointment/)
    expect(sent).not.toMatch(/Ada|Lovelace|Moran|video\.example|Ring/)
    const lee = await desk.connect({ patientShownAs: 'initials' })
    await desk.visit(lee)
    const kim = await desk.connect({ patientShownAs: 'name', titlesShown: true })
    await desk.visit(kim)
    await desk.settle()
    expect(desk.events(lee)).toMatchObject([{ summary: 'Appointment A. L. M.' }])
    expect(desk.events(kim)).toMatchObject([{ summary: 'Ada Lovelace-Moran' }])
  })
})

describe('S-19 the end of a connection', () => {
  test('S-19 a consent that was taken back: said once, nothing more is asked, and it can be connected again', async () => {
    const dana = await desk.connect()
    await desk.settle()
    desk.google.oauth.revoke(dana.refreshToken)
    const visit = await desk.visit(dana)
    await desk.turn()
    expect(await desk.connection(dana)).toMatchObject({
      state: 'reconnect_needed',
      lastError: expect.stringMatching(/consent/),
    })
    const requests = since()
    await desk.sync()
    await desk.sync()
    expect(requests()).toEqual([])
    await desk.visit(dana, { start: at(1), end: at(1, '10:00') })
    const { refreshToken } = desk.google.oauth.consent()
    const { calendarId, practitionerId } = dana
    created(await desk.owner.post(path(practitionerId), { refreshToken, calendarId }))
    await desk.settle()
    expect(desk.events(dana)).toHaveLength(2)
    expect(desk.events(dana).map(({ id }) => id)).toContain(`pb${visit.replaceAll('-', '')}`)
  })

  test('S-19 an access token that has run out is got anew, and a round goes on', async () => {
    const dana = await desk.connect()
    await desk.settle()
    desk.google.oauth.expireAccess()
    await desk.visit(dana)
    const requests = since()
    await desk.turn()
    expect(requests()).toEqual(['events.insert', 'oauth.token', 'events.insert'])
    expect(desk.events(dana)).toHaveLength(1)
  })

  test('S-19 disconnecting stops the channel, gives the consent back, and takes Google’s events off our calendar', async () => {
    const other = await openGoogleDesk({ webhookUrl: 'http://127.0.0.1:9/hook' })
    try {
      const dana = await other.connect()
      const visit = await other.visit(dana)
      other.put(dana, { summary: 'Dentist', ...times(at(1), at(1, '10:00')) })
      await other.settle()
      expect(other.google.channels.open.size).toBe(1)
      expect(await other.agenda(dana)).toHaveLength(2)
      const ended = created(await other.owner.delete(path(dana.practitionerId)))
      expect(ended).toMatchObject({
        state: 'disconnected',
        lastError: null,
        queued: 0,
        channelExpiresAt: null,
      })
      expect(other.google.channels.open.size).toBe(0)
      expect(other.google.oauth.revoke(dana.refreshToken)).toBe(false)
      expect(await other.agenda(dana)).toMatchObject([{ id: visit }])
      await other.visit(dana, { start: at(2), end: at(2, '10:00') })
      await other.settle()
      expect(other.events(dana)).toHaveLength(2)
      expect(refusalOf(await other.owner.delete(path(dana.practitionerId)))).toMatchObject({
        code: 'not_connected',
      })
      const { refreshToken } = other.google.oauth.consent()
      const { calendarId } = dana
      created(await other.owner.post(path(dana.practitionerId), { refreshToken, calendarId }))
      await other.settle()
      expect(other.events(dana)).toHaveLength(3)
      expect(await other.agenda(dana)).toHaveLength(3)
    } finally {
      await other.close()
    }
  })

  test('S-19 with Google away it ends all the same, and says what is left to do', async () => {
    const dana = await desk.connect()
    desk.google.trouble({ on: 'oauth.revoke', how: 'drop' })
    const ended = created(await desk.owner.delete(path(dana.practitionerId)))
    expect(ended).toMatchObject({ state: 'disconnected', lastError: expect.stringMatching(/take it back/) })
  })
})
