import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { freePort } from '../ground/ports.ts'
import { type GoogleEvent, type GoogleServer, startGoogle } from './server.ts'

/** The rules that Google documents, held against the stand-in: what the scheduler's tests rest on. */
let google: GoogleServer
let token: string
let refreshToken: string
beforeAll(async () => {
  google = await startGoogle()
  google.calendar('dana@example.org')
  refreshToken = google.oauth.consent().refreshToken
  token = (await grant({ grant_type: 'refresh_token', refresh_token: refreshToken })).body.access_token!
})
afterAll(() => google.stop())

async function grant(form: Record<string, string>, secret = google.oauth.clientSecret) {
  const body = new URLSearchParams({ client_id: google.oauth.clientId, client_secret: secret, ...form })
  const answer = await fetch(`${google.oauthUrl}/token`, { method: 'POST', body })
  return { status: answer.status, body: (await answer.json()) as Record<string, string> }
}

async function call(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const answer = await fetch(`${google.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    body: body && JSON.stringify(body),
  })
  const text = await answer.text()
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of the answer
  const parsed: any = text ? JSON.parse(text) : undefined
  return {
    status: answer.status,
    body: parsed,
    reason: parsed?.error?.errors?.[0]?.reason,
    headers: answer.headers,
  }
}

let calendars = 0
/** Path of the events of a calendar of its own. */
function fresh(timeZone?: string): string {
  const id = `c${++calendars}@example.org`
  google.calendar(id, timeZone)
  return `/calendars/${encodeURIComponent(id)}/events`
}
const at = (day: string, time = '09:00:00') => ({
  start: { dateTime: `${day}T${time}-06:00` },
  end: { dateTime: `${day}T${time.replace(/^09/, '10')}-06:00` },
})
const ids = (items: readonly GoogleEvent[]) => items.map(({ id }) => id)

test('S-19 the stand-in: refresh tokens and codes give access tokens; revoked or unknown ones invalid_grant', async () => {
  const { code, refreshToken: second } = google.oauth.consent()
  const byCode = { grant_type: 'authorization_code', code, redirect_uri: 'https://practice.example/back' }
  expect(await grant(byCode)).toMatchObject({
    status: 200,
    body: { refresh_token: second, expires_in: 3600 },
  })
  expect(await grant(byCode)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  const refresh = { grant_type: 'refresh_token', refresh_token: second }
  const { body } = await grant(refresh)
  expect(body.refresh_token).toBeUndefined()
  expect(await grant(refresh, 'wrong')).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
  const revoked = await fetch(`${google.oauthUrl}/revoke`, {
    method: 'POST',
    body: new URLSearchParams({ token: second }),
  })
  expect(revoked.status).toBe(200)
  expect(await grant(refresh)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  const path = `${google.url}/calendars/primary`
  const answer = await fetch(path, { headers: { authorization: `Bearer ${body.access_token}` } })
  expect(answer.status).toBe(401)
})

test('S-19 the stand-in: ids are base32hex and once only, also that of a deleted event', async () => {
  const path = fresh()
  expect(await call('POST', path, { id: 'WXYZ-1', ...at('2090-01-02') })).toMatchObject({ status: 400 })
  expect(await call('POST', path, { id: 'abc12', ...at('2090-01-02') })).toMatchObject({ status: 200 })
  const again = () => call('POST', path, { id: 'abc12', ...at('2090-01-02') })
  expect(await again()).toMatchObject({ status: 409, reason: 'duplicate' })
  expect(await call('DELETE', `${path}/abc12`)).toMatchObject({ status: 204 })
  expect(await again()).toMatchObject({ status: 409 })
  expect(await call('DELETE', `${path}/abc12`)).toMatchObject({ status: 410, reason: 'deleted' })
  expect(await call('GET', `${path}/abc12`)).toMatchObject({ status: 200, body: { status: 'cancelled' } })
  expect(await call('GET', `${path}/never1`)).toMatchObject({ status: 404, reason: 'notFound' })
})

test('S-19 the stand-in: etags change with each write, If-Match refuses the older with 412', async () => {
  const path = fresh()
  const { body } = await call('POST', path, { id: 'etag1', summary: 'One', ...at('2090-01-02') })
  const patched = await call('PATCH', `${path}/etag1`, { description: 'x' }, { 'if-match': body.etag })
  expect(patched.body).toMatchObject({ summary: 'One', description: 'x' })
  expect(patched.body.etag).not.toBe(body.etag)
  for (const method of ['PATCH', 'PUT', 'DELETE'])
    expect(await call(method, `${path}/etag1`, at('2090-01-03'), { 'if-match': body.etag })).toMatchObject({
      status: 412,
      reason: 'conditionNotMet',
    })
  const put = await call('PUT', `${path}/etag1`, at('2090-01-03'), { 'if-match': patched.body.etag })
  expect(put.body.summary).toBeUndefined()
})

test('S-19 the stand-in: times need a zone or an offset and an end not before the start', async () => {
  const path = fresh()
  const wrong = { start: { dateTime: '2090-01-02T09:00:00' }, end: { dateTime: '2090-01-02T10:00:00' } }
  expect(await call('POST', path, wrong)).toMatchObject({ status: 400, reason: 'required' })
  const { start, end } = at('2090-01-02')
  expect(await call('POST', path, { start: end, end: start })).toMatchObject({ reason: 'timeRangeEmpty' })
  const zoned = { dateTime: '2090-07-02T09:00:00', timeZone: 'America/New_York' }
  const { body } = await call('POST', path, {
    start: zoned,
    end: { ...zoned, dateTime: '2090-07-02T09:30:00' },
  })
  expect(body.start).toEqual({ dateTime: '2090-07-02T09:00:00-04:00', timeZone: 'America/New_York' })
})

test('S-19 the stand-in: the sync token is on the last page only, and brings what changed since the first', async () => {
  const path = fresh()
  for (const id of ['page1', 'page2', 'page3']) await call('POST', path, { id, ...at('2090-01-02') })
  const first = (await call('GET', `${path}?maxResults=2&singleEvents=true`)).body
  expect(ids(first.items)).toEqual(['page1', 'page2'])
  expect(first.nextSyncToken).toBeUndefined()
  await call('PATCH', `${path}/page1`, { summary: 'meanwhile' })
  const rest = `maxResults=2&singleEvents=true&pageToken=${first.nextPageToken}`
  expect(await call('GET', `${path}?${rest.replace('=2', '=9')}`)).toMatchObject({ status: 400 })
  const last = (await call('GET', `${path}?${rest}`)).body
  expect(ids(last.items)).toEqual(['page3'])
  expect(last.nextPageToken).toBeUndefined()
  await call('DELETE', `${path}/page3`)
  const since = (await call('GET', `${path}?singleEvents=true&syncToken=${last.nextSyncToken}`)).body
  expect(since.items).toMatchObject([{ id: 'page1', summary: 'meanwhile' }, { id: 'page3' }])
  expect(Object.keys(since.items[1])).toEqual(['kind', 'id', 'etag', 'status'])
  const quiet = (await call('GET', `${path}?singleEvents=true&syncToken=${since.nextSyncToken}`)).body
  expect(quiet.items).toEqual([])
  expect(ids((await call('GET', `${path}?singleEvents=true`)).body.items)).toEqual(['page1', 'page2'])
  expect(ids((await call('GET', `${path}?showDeleted=true`)).body.items)).toContain('page3')
})

test.each([
  'timeMin=2090-01-01T00:00:00Z',
  'timeMax=2090-01-01T00:00:00Z',
  'q=x',
  'orderBy=startTime',
  'updatedMin=2090-01-01T00:00:00Z',
  'iCalUID=x',
  'privateExtendedProperty=a%3Db',
  'showDeleted=false',
])('S-19 the stand-in: %s does not go with a sync token', async (parameter) => {
  const path = fresh()
  const { nextSyncToken } = (await call('GET', path)).body
  expect(await call('GET', `${path}?syncToken=${nextSyncToken}&${parameter}`)).toMatchObject({ status: 400 })
})

test('S-19 the stand-in: an expired or foreign sync token is 410 fullSyncRequired', async () => {
  const path = fresh()
  const { nextSyncToken } = (await call('GET', path)).body
  const other = fresh()
  const gone = { status: 410, reason: 'fullSyncRequired' }
  expect(await call('GET', `${other}?syncToken=${nextSyncToken}`)).toMatchObject(gone)
  google.calendar(`c${calendars - 1}@example.org`).generation += 1
  expect(await call('GET', `${path}?syncToken=${nextSyncToken}`)).toMatchObject(gone)
  expect(await call('GET', `${path}?syncToken=nonsense`)).toMatchObject(gone)
})

test('S-19 the stand-in: timeMin bounds the end and timeMax the start, and the sync token keeps to them', async () => {
  const path = fresh()
  for (const day of ['01', '02', '03']) await call('POST', path, { id: `dag${day}`, ...at(`2090-01-${day}`) })
  const range = 'timeMin=2090-01-01T16:00:00Z&timeMax=2090-01-03T15:00:00Z'
  const { items, nextSyncToken } = (await call('GET', `${path}?${range}`)).body
  expect(ids(items)).toEqual(['dag02'])
  await call('PATCH', `${path}/dag03`, { summary: 'outside' })
  expect((await call('GET', `${path}?syncToken=${nextSyncToken}`)).body.items).toEqual([])
  const empty = 'timeMin=2090-01-03T00:00:00Z&timeMax=2090-01-01T00:00:00Z'
  expect(await call('GET', `${path}?${empty}`)).toMatchObject({ status: 400, reason: 'timeRangeEmpty' })
})

test('S-19 the stand-in: a recurring event is expanded over a clock change; one instance moves or goes alone', async () => {
  const path = fresh()
  const start = { dateTime: '2090-03-06T09:00:00', timeZone: 'America/Chicago' }
  const end = { ...start, dateTime: '2090-03-06T10:00:00' }
  const rule = ['RRULE:FREQ=WEEKLY;COUNT=3']
  await call('POST', path, { id: 'series', start, end, recurrence: rule })
  const listed = await call('GET', `${path}?singleEvents=true&timeMax=2091-01-01T00:00:00Z`)
  expect(listed.body.items).toMatchObject([
    {
      id: 'series_20900306T150000Z',
      recurringEventId: 'series',
      start: { dateTime: '2090-03-06T09:00:00-06:00' },
    },
    { id: 'series_20900313T140000Z', start: { dateTime: '2090-03-13T09:00:00-05:00' } },
    { id: 'series_20900320T140000Z', originalStartTime: { dateTime: '2090-03-20T09:00:00-05:00' } },
  ])
  expect(ids((await call('GET', path)).body.items)).toEqual(['series'])
  const one = `${path}/series_20900313T140000Z`
  await call('PATCH', one, {
    start: { dateTime: '2090-03-13T12:00:00-05:00' },
    end: { dateTime: '2090-03-13T13:00:00-05:00' },
  })
  await call('DELETE', `${path}/series_20900320T140000Z`)
  const since = await call('GET', `${path}?singleEvents=true&syncToken=${listed.body.nextSyncToken}`)
  expect(since.body.items).toMatchObject([
    { id: 'series_20900313T140000Z', originalStartTime: { dateTime: '2090-03-13T09:00:00-05:00' } },
    { id: 'series_20900320T140000Z', status: 'cancelled', recurringEventId: 'series' },
  ])
  await call('DELETE', `${path}/series`)
  const gone = await call('GET', `${path}?singleEvents=true&syncToken=${since.body.nextSyncToken}`)
  expect(gone.body.items.every(({ status }: GoogleEvent) => status === 'cancelled')).toBe(true)
  expect(ids(gone.body.items)).toContain('series_20900306T150000Z')
})

test('S-19 the stand-in: channels tell sync and exists with the token, are stopped by id and resource', async () => {
  const heard: Record<string, string | string[] | undefined>[] = []
  const port = await freePort()
  const listener = createServer((request, response) => {
    heard.push(request.headers)
    response.end()
  }).listen(port, '127.0.0.1')
  const path = fresh()
  const channel = { id: 'channel-1', type: 'web_hook', address: `http://127.0.0.1:${port}/`, token: 'secret' }
  const { body } = await call('POST', `${path}/watch`, channel)
  expect(body).toMatchObject({ kind: 'api#channel', id: 'channel-1', token: 'secret' })
  expect(Number(body.expiration)).toBeGreaterThan(Date.now())
  expect(await call('POST', `${path}/watch`, channel)).toMatchObject({ reason: 'channelIdNotUnique' })
  await google.channels.told()
  await call('POST', path, at('2090-01-02'))
  await google.channels.told()
  expect(heard.map((headers) => headers['x-goog-resource-state'])).toEqual(['sync', 'exists'])
  expect(heard[1]).toMatchObject({ 'x-goog-channel-token': 'secret', 'x-goog-message-number': '2' })
  const wrong = { id: 'channel-1', resourceId: 'other' }
  expect(await call('POST', '/channels/stop', wrong)).toMatchObject({ status: 404 })
  const { id, resourceId } = body
  expect(await call('POST', '/channels/stop', { id, resourceId })).toMatchObject({ status: 204 })
  await call('POST', path, at('2090-01-02'))
  await google.channels.told()
  expect(heard).toHaveLength(2)
  listener.close()
})

test('S-19 the stand-in: it fails on command, before the work or after it', async () => {
  const path = fresh()
  google.trouble(
    { on: 'events.list', how: 'too-many', retryAfterSeconds: 7 },
    { on: 'events.list', how: 'rate-limit' },
    { on: 'events.insert', how: 'drop-after' },
    { on: 'events.get', how: 'fault' },
  )
  const busy = await call('GET', path)
  expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '7'])
  expect(await call('GET', path)).toMatchObject({ status: 403, reason: 'rateLimitExceeded' })
  await expect(call('POST', path, { id: 'after1', ...at('2090-01-02') })).rejects.toThrow()
  expect(await call('GET', `${path}/after1`)).toMatchObject({ status: 503 })
  expect(await call('GET', `${path}/after1`)).toMatchObject({ status: 200 })
})
