import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { fields } from '@praxisbus/contracts'
import { type Desk, openDesk } from '@praxisbus/testing'
import { z } from 'zod'
import { staleWrite } from '../context.ts'
import { refuse } from '../refusal.ts'
import { sql } from '../sql.ts'
import { openHttp } from './app.ts'
import { openApi } from './openapi.ts'
import { command, query, type Route } from './route.ts'

/** The audit table doubles as the record that commands write: what matters here is the plumbing. */
const note = z.strictObject({ text: z.string().max(100), amountCents: fields.cents.optional() })
const countNotes = sql`select count(*) as count from audit where action = 'note'`

const routes: Route[] = [
  command({
    endpoint: 'POST /v1/notes',
    permission: 'patient.write',
    summary: 'Take a note',
    body: note,
    output: z.object({ number: z.int() }),
    status: 201,
    run: async (ctx, input) => {
      if (input.text === 'refuse')
        return refuse('not_this', { field: 'text', detail: 'Not this one.', next: 'Take another.' })
      ctx.audit('note', ctx.newId(), 'note')
      const { count } = await ctx.tx.one<{ count: number }>(countNotes)
      return { number: count + 1 }
    },
    refusals: { not_this: 409 },
  }),
  command({
    endpoint: 'PUT /v1/notes/:noteId',
    permission: 'patient.write',
    summary: 'Edit a note',
    params: z.object({ noteId: fields.id }),
    body: note,
    output: z.object({ version: z.int() }),
    ifMatch: 'required',
    run: async (ctx) => staleWrite(ctx, 4) ?? { version: 5 },
    refusals: {},
  }),
  query({
    endpoint: 'GET /v1/notes',
    permission: 'patient.read',
    summary: 'Count notes',
    output: z.object({ count: z.int() }),
    run: async (ctx) => {
      ctx.audit('note', 'list')
      return ctx.tx.one<{ count: number }>(countNotes)
    },
    refusals: {},
  }),
  query({
    endpoint: 'GET /v1/fault',
    permission: 'patient.read',
    summary: 'Fails',
    output: z.object({}),
    run: async () => {
      throw new Error('secret inside')
    },
    refusals: {},
  }),
]

let desk: Desk
beforeAll(async () => {
  desk = await openDesk('scheduler', { routes, reactions: [] })
})
afterAll(() => desk.close())

const clerk = () => desk.as({ permissions: ['patient.read', 'patient.write'] })

describe('Idempotency-Key (P-07)', () => {
  test('P-07 20 requests at once with one key have one effect and get one answer', async () => {
    const api = await clerk()
    const before = (await api.get('/v1/notes')).body.count
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        api.post('/v1/notes', { text: 'once' }, { idempotencyKey: 'one-key' }),
      ),
    )
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1)
    expect(answers[0]!.status).toBe(201)
    expect((await api.get('/v1/notes')).body.count).toBe(before + 1)
  })

  test('P-07 another body under the same key is refused', async () => {
    const api = await clerk()
    await api.post('/v1/notes', { text: 'a' }, { idempotencyKey: 'reused' })
    const other = await api.post('/v1/notes', { text: 'b' }, { idempotencyKey: 'reused' })
    expect(other).toMatchObject({
      status: 422,
      body: { type: 'urn:praxisbus:problem:idempotency_key_reused' },
    })
  })

  test('P-07 a refusal is kept as the key’s answer, and leaves nothing else', async () => {
    const api = await clerk()
    const before = (await api.get('/v1/notes')).body.count
    const [first, second] = [
      await api.post('/v1/notes', { text: 'refuse' }, { idempotencyKey: 'no' }),
      await api.post('/v1/notes', { text: 'refuse' }, { idempotencyKey: 'no' }),
    ]
    expect(first).toMatchObject({ status: 409, body: { next: 'Take another.', errors: [{ field: 'text' }] } })
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect((await api.get('/v1/notes')).body.count).toBe(before)
  })

  test('P-07 a POST without a key is refused by name; keys of two users or practices do not meet', async () => {
    const api = await clerk()
    expect(await api.post('/v1/notes', { text: 'x' }, { idempotencyKey: null })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'Idempotency-Key' }] },
    })
    const colleague = await desk.as({ permissions: ['patient.write'], userId: 'colleague' })
    await api.post('/v1/notes', { text: 'mine' }, { idempotencyKey: 'shared' })
    expect((await colleague.post('/v1/notes', { text: 'theirs' }, { idempotencyKey: 'shared' })).status).toBe(
      201,
    )
  })
})

describe('stale writes and bad input (P-07)', () => {
  const path = '/v1/notes/0198a000-0000-7000-8000-000000000001'

  test('P-07 an edit needs If-Match, and a stale one is refused', async () => {
    const api = await clerk()
    expect((await api.put(path, { text: 'x' })).status).toBe(428)
    expect(await api.put(path, { text: 'x' }, { ifMatch: '"3"' })).toMatchObject({
      status: 412,
      body: { currentVersion: 4 },
    })
    const done = await api.put(path, { text: 'x' }, { ifMatch: '"4"' })
    expect([done.status, done.headers.get('etag')]).toEqual([200, '"5"'])
    expect((await api.put(path, { text: 'x' }, { ifMatch: 'W/"4"' })).status).toBe(400)
  })

  test.each([
    ['a missing field', {}, 'text', 'is required'],
    ['an unknown field', { text: 'x', colour: 'red' }, 'colour', 'is not a field of this request'],
    ['a fraction of a cent', { text: 'x', amountCents: 1.5 }, 'amountCents', /int/],
    ['a text too long', { text: 'x'.repeat(101) }, 'text', /100/],
    ['NUL in a text', { text: 'a\u0000b' }, 'text', /NUL/],
    ['half a surrogate pair', { text: 'a\ud800b' }, 'text', /surrogate/],
    ['a list instead of an object', [], 'body', /object/],
  ])('P-07 %s is refused by name', async (_name, body, field, detail) => {
    const answer = await (await clerk()).post('/v1/notes', body)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.body.errors).toContainEqual({
      field,
      detail: typeof detail === 'string' ? detail : expect.stringMatching(detail),
    })
  })

  test('P-07 malformed JSON, other types, large bodies and bad ids are problems, not faults', async () => {
    const api = await clerk()
    expect((await api.raw('POST', '/v1/notes', '{"text":', 'application/json')).status).toBe(400)
    expect((await api.raw('POST', '/v1/notes', 'text=x', 'application/x-www-form-urlencoded')).status).toBe(
      415,
    )
    expect(
      (
        await api.raw(
          'POST',
          '/v1/notes',
          JSON.stringify({ text: 'x'.repeat(2_000_000) }),
          'application/json',
        )
      ).status,
    ).toBe(413)
    expect(await api.put('/v1/notes/7', { text: 'x' }, { ifMatch: '"4"' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'noteId' }] },
    })
    expect(await api.get('/nowhere')).toMatchObject({
      status: 404,
      body: { next: expect.stringContaining('/docs') },
    })
  })

  test.each([
    ['a member named twice', '{"text":"a","text":"b"}', 'text', 'is named twice'],
    ['a member named twice in other spellings', '{"text":"a","te\\u0078t":"b"}', 'text', 'is named twice'],
    ['one within a list', '{"text":[{},{"a":1,"b":{},"a":2}]}', 'text.1.a', 'is named twice'],
    ['nesting without end', `${'['.repeat(500_000)}${']'.repeat(500_000)}`, 'body', /nested/],
    ['broken UTF-8', Buffer.from([...Buffer.from('{"text":"'), 0xff, 0x22, 0x7d]), 'body', /UTF-8/],
  ])('P-07 %s is refused rather than mended or chosen from', async (_name, body, field, detail) => {
    const answer = await (await clerk()).raw('POST', '/v1/notes', body, 'application/json')
    expect(answer.status).toBe(400)
    expect(answer.body.errors).toEqual([
      { field, detail: typeof detail === 'string' ? detail : expect.stringMatching(detail) },
    ])
  })

  test.each([
    '{"text":"\\"text\\":1,{[ \\\\"}',
    '{"text":"text" , "amountCents" : 5}',
    '\ufeff{"text":"behind a byte-order mark"}',
  ])('P-07 %s names nothing twice', async (body) => {
    expect((await (await clerk()).raw('POST', '/v1/notes', body, 'application/json')).status).toBe(201)
  })

  test.each(['{"a":1,,}', '{:1}', '{"a', '{"a":"\\', '"a":1', '}}', '{"\\q":1}', ',', ''])(
    'P-07 malformed JSON %s is the parser’s to refuse',
    async (body) => {
      expect((await (await clerk()).raw('POST', '/v1/notes', body, 'application/json')).status).toBe(400)
    },
  )

  test('P-07 other charsets and compressions are refused by the header’s name', async () => {
    const api = await clerk()
    for (const charset of ['utf-16le', 'utf-7', 'iso-8859-1', 'utf-8-or-so']) {
      const type = `application/json; charset=${charset}`
      expect(await api.raw('POST', '/v1/notes', Buffer.from('{"text":"x"}', 'utf16le'), type)).toMatchObject({
        status: 415,
        body: { errors: [{ field: 'Content-Type' }] },
      })
    }
    const headers = { 'content-encoding': 'compress' }
    expect(await api.raw('POST', '/v1/notes', '{"text":"x"}', 'application/json', { headers })).toMatchObject(
      {
        status: 415,
        body: { errors: [{ field: 'Content-Encoding' }] },
      },
    )
  })

  test('P-07 a page that does not take the method says which it takes', async () => {
    const api = await clerk()
    const refused = await api.delete('/v1/notes')
    expect(refused).toMatchObject({ status: 405, body: { type: 'urn:praxisbus:problem:method_not_allowed' } })
    expect(refused.headers.get('allow')).toBe('POST, GET, HEAD, OPTIONS')
    const asked = await api.raw('OPTIONS', path, '', 'text/plain')
    expect([asked.status, asked.headers.get('allow')]).toEqual([204, 'PUT, OPTIONS'])
  })

  test('a fault says nothing of its inside, and gives the operator a trace id', async () => {
    const answer = await (await clerk()).get('/v1/fault')
    expect(answer.status).toBe(500)
    expect(JSON.stringify(answer.body)).not.toContain('secret inside')
    expect(answer.body.traceId).toMatch(/^[0-9a-f]{32}$/)
  })
})

describe('who may (P-06)', () => {
  test('P-06 no token, a forged one, an expired one: 401; a missing permission: 403', async () => {
    const nobody = await desk.as({ permissions: [] })
    expect((await nobody.get('/v1/notes')).status).toBe(403)
    for (const token of ['', 'abc', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.']) {
      expect((await nobody.withToken(token).get('/v1/notes')).status).toBe(401)
    }
  })

  test('P-06 a stranger is turned away before the body is read', async () => {
    const nobody = (await clerk()).withToken('none')
    expect((await nobody.raw('POST', '/v1/notes', '{"text":', 'application/json')).status).toBe(401)
    const reader = await desk.as({ permissions: ['patient.read'] })
    expect(
      (
        await reader.raw(
          'POST',
          '/v1/notes',
          JSON.stringify({ text: 'x'.repeat(2_000_000) }),
          'application/json',
        )
      ).status,
    ).toBe(403)
  })

  test('P-06 a user of several practices says for which; a practice of others is refused', async () => {
    const other = '0198a000-0000-7000-8000-0000000000aa'
    const both = await desk.as({ permissions: ['patient.read'], practiceIds: [desk.practiceId, other] })
    expect(await both.get('/v1/notes')).toMatchObject({
      status: 403,
      body: { next: expect.stringContaining('Praxisbus-Practice') },
    })
    expect((await both.get('/v1/notes', { practiceId: other })).body.count).toBe(0)
    const one = await clerk()
    expect((await one.get('/v1/notes', { practiceId: other })).status).toBe(403)
    for (const practiceId of ['__proto__', 'no id'])
      expect(await one.get('/v1/notes', { practiceId })).toMatchObject({
        status: 403,
        body: { detail: 'You do not work for that practice' },
      })
  })

  test('P-06 a token whose user cannot stand in the audit is none', async () => {
    for (const userId of ['', 'a\u0000b', 'ö', 'x'.repeat(256)]) {
      const unnamed = await desk.as({ permissions: ['patient.read'], userId })
      expect((await unnamed.get('/v1/notes')).status).toBe(401)
    }
  })

  test('P-06 every read and write leaves an audit entry', async () => {
    const api = await desk.as({ permissions: ['patient.read', 'patient.write'], userId: 'audited' })
    await api.post('/v1/notes', { text: 'x' })
    await api.get('/v1/notes')
    const entries = await desk.database.read(desk.practiceId, (tx) =>
      tx.many(sql`select action, record_type from audit where user_id = 'audited' order by id`),
    )
    expect(entries).toEqual([
      { action: 'note', recordType: 'note' },
      { action: 'read', recordType: 'note' },
    ])
  })

  test('P-06 a route without a declared permission keeps the service from starting', () => {
    const bare = { ...routes[0]!, permission: undefined } as unknown as Route
    const settings = { database: desk.database, routes: [bare] } as unknown as Parameters<typeof openHttp>[0]
    expect(() => openHttp({ ...settings, open: (() => undefined) as never })).toThrow(
      'POST /v1/notes declares no known permission',
    )
  })
})

test('P-01 the API page is made from the route table', () => {
  const page = openApi('test', 'A test.', routes) as {
    openapi: string
    paths: Record<string, Record<string, { parameters: { name: string }[]; responses: object }>>
  }
  expect(page.openapi).toBe('3.1.0')
  const post = page.paths['/v1/notes']!.post!
  expect(post.parameters.map(({ name }) => name)).toContain('Idempotency-Key')
  expect(Object.keys(post.responses)).toEqual(expect.arrayContaining(['201', '400', '409', '422']))
  expect(page.paths['/v1/notes/{noteId}']!.put!.parameters.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['noteId', 'If-Match']),
  )
})
