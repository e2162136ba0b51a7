import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId, sql } from '@praxisbus/runtime'
import { at, type Connected, type GoogleDesk, openGoogleDesk, times } from '../testing/google.ts'
import { channelToken } from './settings.ts'

describe('S-19 push channels', () => {
  let told: GoogleDesk
  let dana: Connected
  beforeAll(async () => {
    // Where Google reaches the desk is known once the desk is there.
    const settings = { webhookUrl: 'http://127.0.0.1:9/' as string | undefined }
    told = await openGoogleDesk(settings)
    Object.assign(told.settings, { webhookUrl: `${told.desk.url}/v1/webhooks/google-calendar` })
    dana = await told.connect()
    await told.settle()
  })
  afterAll(() => told.close())
  const channel = () => [...told.google.channels.open.values()][0]!
  const hook = (headers: Record<string, string>) =>
    fetch(`${told.desk.url}/v1/webhooks/google-calendar`, { method: 'POST', headers })

  test('S-19 Google tells of a change, and it is here with the next turn, long before it would be asked for', async () => {
    expect((await told.connection(dana)).channelExpiresAt).toMatch(/Z$/)
    told.put(dana, { summary: 'Dentist', ...times(at(0), at(0, '10:00')) })
    await told.google.channels.told()
    await told.turn()
    expect(await told.agenda(dana)).toMatchObject([{ title: 'Dentist' }])
  })

  test.each([
    ['without a token', () => ({ 'x-goog-channel-id': channel().id })],
    ['with a wrong token', () => ({ 'x-goog-channel-id': channel().id, 'x-goog-channel-token': 'guessed' })],
    [
      'with the token of another channel',
      () => ({
        'x-goog-channel-id': channel().id,
        'x-goog-channel-token': channelToken(told.settings, newId()),
      }),
    ],
    ['of no channel', () => ({})],
  ])('S-19 a notification %s is refused, and nothing is asked of Google', async (_, headers) => {
    await told.turn()
    const from = told.google.requests.length
    const answer = await hook({ ...headers(), 'x-goog-resource-state': 'exists' } as Record<string, string>)
    expect(answer.status).toBe(401)
    await told.turn()
    expect(told.google.requests.length).toBe(from)
  })

  test('S-19 one of a channel that is not ours any more is acknowledged and changes nothing', async () => {
    const id = newId()
    const headers = { 'x-goog-channel-id': id, 'x-goog-channel-token': channelToken(told.settings, id) }
    expect((await hook({ ...headers, 'x-goog-resource-state': 'exists' })).status).toBe(200)
  })

  test('S-19 a channel is renewed before it ends, and the old one is stopped', async () => {
    const old = channel().id
    await told.desk.database.write(told.desk.practiceId, (tx) =>
      tx.run(sql`update google_connection set channel_expires_at = now() + interval '2 hours'`),
    )
    await told.sync()
    expect([...told.google.channels.open.keys()]).toEqual([expect.not.stringMatching(old)])
    await told.google.channels.told()
    await told.turn()
    const from = told.google.requests.length
    await told.sync()
    expect(told.google.requests.slice(from).map(({ call }) => call)).toEqual(['events.list'])
  })

  test('S-19 where notifications get lost, or the channel cannot be had, the interval brings the changes', async () => {
    told.google.channels.silent = true
    told.put(dana, { summary: 'Gym', ...times(at(2), at(2, '10:00')) })
    await told.turn()
    expect(await told.agenda(dana)).toHaveLength(1)
    await told.desk.database.write(told.desk.practiceId, (tx) =>
      tx.run(sql`update google_connection set channel_expires_at = now()`),
    )
    told.google.trouble({ on: 'events.watch', how: 'refused' })
    await told.sync()
    expect(await told.agenda(dana)).toHaveLength(2)
    expect(await told.connection(dana)).toMatchObject({ lastError: null, state: 'connected' })
  })
})
