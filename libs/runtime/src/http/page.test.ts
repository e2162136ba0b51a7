import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Desk, openDesk } from '@praxisbus/testing'
import { sql } from '../sql.ts'
import { openApi } from './openapi.ts'
import { page } from './route.ts'

const OURS = '00000000-0000-7000-8000-00000000000a'
const TOKEN = 'the-token-of-our-record'
const html = (status: number, text: string) => ({ status, html: `<p>${text}</p>` })

const row = (endpoint: 'GET /leaf/:token' | 'POST /leaf/:token') =>
  page({
    endpoint,
    access: 'link',
    summary: 'A leaf',
    find: async (across, token) => {
      const { login } = await across.plain((tx) =>
        tx.one<{ login: string }>(sql`select current_user::text as login`),
      )
      return token === TOKEN ? { practiceId: OURS, login } : undefined
    },
    run: async (ctx, found, fields) => {
      if (fields.fall) throw new Error('a fault with a secret in it')
      const { practice } = await ctx.tx.one<{ practice: string }>(
        sql`select current_setting('app.practice') as practice`,
      )
      ctx.audit('leaf', practice, 'open')
      return html(200, `${practice} ${found.login} ${JSON.stringify(fields)}`)
    },
    missing: html(404, 'nothing'),
    away: html(503, 'later'),
  })
const routes = [row('GET /leaf/:token'), row('POST /leaf/:token')]

let desk: Desk
beforeAll(async () => {
  desk = await openDesk('ehr', { routes, reactions: [] })
})
afterAll(() => desk.close())

const open = (token = TOKEN) => fetch(`${desk.url}/leaf/${token}`)
const send = (body: string | URLSearchParams, type = 'application/x-www-form-urlencoded') =>
  fetch(`${desk.url}/leaf/${TOKEN}`, { method: 'POST', body, headers: { 'content-type': type } })

describe('a page behind a link', () => {
  test('P-06 S-11 acts for the practice of the record that the link is about, and leaves an audit entry', async () => {
    const answer = await open()
    expect([answer.status, await answer.text()]).toEqual([
      200,
      expect.stringMatching(new RegExp(`^<p>${OURS} \\w+_relay {}</p>$`)),
    ])
    const entries = await desk.database.read(OURS, (tx) =>
      tx.many(sql`select user_id, action, record_type from audit`),
    )
    expect(entries).toEqual([{ userId: 'link', action: 'open', recordType: 'leaf' }])
  })

  test('S-11 a link that leads nowhere says so', async () => {
    for (const token of ['short', 'A'.repeat(40), 'A'.repeat(300), encodeURIComponent('<script>'.repeat(4))])
      expect((await open(token)).status).toBe(404)
  })

  test('S-11 a form comes as texts that can be stored; one that is too large is refused', async () => {
    expect(await (await send('a=1&a=2&b=x%00y&c=%FF')).text()).toContain('{"a":"1","b":"xy","c":"%FF"}')
    expect(await (await send('{"a":1}', 'application/json')).text()).toContain('{}')
    expect((await send(`a=${'x'.repeat(40_000)}`)).status).toBe(413)
    expect((await send(Array.from({ length: 50 }, (_, index) => `f${index}=1`).join('&'))).status).toBe(413)
  })

  test('S-11 a fault shows the page for it, and nothing of the inside', async () => {
    const answer = await send('fall=1')
    expect([answer.status, await answer.text()]).toEqual([503, '<p>later</p>'])
  })

  test('S-11 no page goes to another site, into a cache or a search engine, and none runs a script', async () => {
    expect(Object.fromEntries((await open()).headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'/),
    })
  })

  test('P-01 the API page says that it needs no access token', () => {
    const { paths } = openApi('ehr', '', routes) as { paths: Record<string, Record<string, object>> }
    expect(paths['/leaf/{token}']).toMatchObject({
      get: { security: [], tags: ['pages'] },
      post: { security: [], requestBody: { required: true } },
    })
  })
})
