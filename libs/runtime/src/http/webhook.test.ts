import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Desk, openDesk } from '@praxisbus/testing'
import { z } from 'zod'
import { refuse } from '../refusal.ts'
import { sql } from '../sql.ts'
import { openHttp } from './app.ts'
import { openApi } from './openapi.ts'
import { type Route, type SentRequest, webhook } from './route.ts'

const OURS = '00000000-0000-7000-8000-00000000000a'

const bell = webhook({
  endpoint: 'POST /v1/webhooks/bell',
  summary: 'Rings',
  sender: 'bell',
  signedIn: 'Bell-Signature',
  output: z.object({ rung: z.string() }),
  verify: ({ body, header }: SentRequest) =>
    header('bell-signature') === `${body.length}`
      ? { text: body.toString() }
      : refuse('not_signed', { detail: 'Not signed.', next: 'Sign it.' }),
  find: async (across, { text }) => {
    const { login } = await across.plain((tx) =>
      tx.one<{ login: string }>(sql`select current_user::text as login`),
    )
    return text.includes('ours') ? { practiceId: OURS, login } : undefined
  },
  run: async (ctx, { message, found }) => {
    if (message.text.includes('refuse')) return refuse('not_this', { detail: 'Not this.', next: 'Another.' })
    const { practice } = await ctx.tx.one<{ practice: string }>(
      sql`select current_setting('app.practice') as practice`,
    )
    ctx.audit('bell', practice, 'ring')
    return { rung: `${ctx.principal.userId} ${ctx.principal.permissions.size} ${practice} ${found.login}` }
  },
  refusals: { not_signed: 401, not_this: 409 },
})

let desk: Desk
beforeAll(async () => {
  desk = await openDesk('ehr', { routes: [bell], reactions: [] })
})
afterAll(() => desk.close())

const ring = (
  body: string,
  signature: string | undefined = String(Buffer.byteLength(body)),
  type = 'text/plain',
) =>
  fetch(`${desk.url}/v1/webhooks/bell`, {
    method: 'POST',
    headers: { 'content-type': type, ...(signature === undefined ? {} : { 'bell-signature': signature }) },
    body,
  })

describe('a webhook', () => {
  test('P-06 acts for the practice of the record that is found, as nobody who signed in, and leaves an audit entry', async () => {
    const rung = await ring('ours')
    expect([rung.status, await rung.json()]).toEqual([
      200,
      { rung: `bell 0 ${OURS} ${new URL(desk.relayUrl).username}` },
    ])
    const entries = await desk.database.read(OURS, (tx) =>
      tx.many(sql`select user_id, action, record_id from audit where record_type = 'bell'`),
    )
    expect(entries).toEqual([{ userId: 'bell', action: 'ring', recordId: OURS }])
  })

  test('P-06 sees the bytes as they came, whatever they are said to be', async () => {
    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'x/y'])
      expect((await ring('{"ours": 1, "ours": "ö"}', '24', type)).status).toBe(401)
    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'x/y'])
      expect((await ring('{"ours": 1, "ours": "ö"}', '25', type)).status).toBe(200)
  })

  test('P-06 refuses what is not signed, and what its own rules refuse, each with its problem', async () => {
    const unsigned = await ring('ours', '0')
    expect([unsigned.status, unsigned.headers.get('content-type')]).toEqual([401, 'application/problem+json'])
    expect((await ring('ours refuse')).status).toBe(409)
  })

  test('P-06 acknowledges what is about nothing of ours', async () => {
    const heard = await ring('somebody else')
    expect([heard.status, await heard.json()]).toEqual([200, { received: true }])
  })

  test('P-06 reads no more than a message can be', async () => {
    expect((await ring('x'.repeat(300_000))).status).toBe(413)
  })

  test('P-06 without a declared verification the service does not start', () => {
    const open = { ...bell, verify: undefined } as unknown as Route
    const settings = { database: desk.database, routes: [open] } as unknown as Parameters<typeof openHttp>[0]
    expect(() => openHttp({ ...settings, open: (() => undefined) as never })).toThrow(
      'POST /v1/webhooks/bell declares no verification of its sender',
    )
  })

  test('P-01 stands on the API page with its signature in place of a token', () => {
    const page = openApi('test', 'A test.', [bell]) as { paths: Record<string, Record<string, object>> }
    expect(page.paths['/v1/webhooks/bell']!.post).toMatchObject({
      security: [],
      parameters: [{ name: 'Bell-Signature', in: 'header', required: true }],
      responses: { 200: {}, 401: { description: '`not_signed`' }, 409: {}, 413: {} },
    })
  })
})
