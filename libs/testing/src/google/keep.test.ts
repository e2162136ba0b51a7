import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { testFolder } from '../test-ground.ts'
import { type GoogleServer, startGoogle } from './server.ts'

const BACK = 'https://practice.example/back'

/** Through the consent page, as a browser goes through it. */
async function consent({ oauthUrl, oauth }: GoogleServer, changes: Record<string, string> = {}) {
  const query = {
    client_id: oauth.clientId,
    redirect_uri: BACK,
    response_type: 'code',
    state: 'x',
    ...changes,
  }
  const answer = await fetch(`${oauthUrl}/o/oauth2/v2/auth?${new URLSearchParams(query)}`, {
    redirect: 'manual',
  })
  await answer.body?.cancel()
  return { status: answer.status, location: answer.headers.get('location') }
}

async function grant({ oauthUrl, oauth }: GoogleServer, form: Record<string, string>) {
  const client = { client_id: oauth.clientId, client_secret: oauth.clientSecret }
  const body = new URLSearchParams({ ...client, ...form })
  const answer = await fetch(`${oauthUrl}/token`, { method: 'POST', body })
  return (await answer.json()) as { access_token: string; refresh_token: string }
}

async function call({ url }: GoogleServer, token: string, path: string, body?: object) {
  const answer = await fetch(`${url}/calendars/dana@example.org/events${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}` },
    body: body && JSON.stringify(body),
  })
  return { status: answer.status, body: (await answer.json()) as { nextSyncToken: string; items: object[] } }
}

test('S-19 the stand-in: its consent page sends back a code for its client, and refuses another', async () => {
  const google = await startGoogle({ clientId: 'ours', clientSecret: 'secret' })
  const { status, location } = await consent(google)
  const back = new URL(location!)
  expect([status, back.origin + back.pathname, back.searchParams.get('state')]).toEqual([302, BACK, 'x'])
  const code = back.searchParams.get('code')!
  const granted = await grant(google, { grant_type: 'authorization_code', code, redirect_uri: BACK })
  expect(google.oauth.allows(`Bearer ${granted.access_token}`)).toBe(true)
  expect(await consent(google, { client_id: 'theirs' })).toEqual({ status: 401, location: null })
  expect(await consent(google, { redirect_uri: '' })).toEqual({ status: 400, location: null })
  await google.stop()
})

test('S-19 the stand-in: started again from its file it has calendars, consents and sync tokens, and no access tokens', async () => {
  const file = join(await testFolder('google'), 'google.json')
  const first = await startGoogle({ file })
  first.calendar('dana@example.org', 'America/New_York')
  const code = new URL((await consent(first)).location!).searchParams.get('code')!
  const granted = await grant(first, { grant_type: 'authorization_code', code, redirect_uri: BACK })
  const busy = {
    ...{ id: 'dentist1', summary: 'Elsewhere' },
    start: { dateTime: '2026-03-04T09:00:00', timeZone: 'America/New_York' },
    end: { dateTime: '2026-03-04T10:00:00', timeZone: 'America/New_York' },
  }
  const inserted = await call(first, granted.access_token, '', busy)
  const { nextSyncToken } = (await call(first, granted.access_token, '')).body
  await first.stop()

  const second = await startGoogle({ file })
  expect((await call(second, granted.access_token, '')).status).toBe(401)
  const { refresh_token } = granted
  const { access_token: token } = await grant(second, { grant_type: 'refresh_token', refresh_token })
  expect((await call(second, token, '/dentist1')).body).toEqual(inserted.body)
  expect((await call(second, token, '', busy)).status).toBe(409)
  const since = `?syncToken=${encodeURIComponent(nextSyncToken)}`
  expect((await call(second, token, since)).body).toMatchObject({ timeZone: 'America/New_York', items: [] })
  await call(second, token, '', { ...busy, id: 'dentist2' })
  expect((await call(second, token, since)).body.items).toEqual([expect.objectContaining({ id: 'dentist2' })])
  await second.stop()
})
