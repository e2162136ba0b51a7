import assert from 'node:assert/strict'
import type { ServiceName } from '@praxisbus/contracts'
import type { Route, RpcTable } from '@praxisbus/runtime'
import { connectRpc } from '@praxisbus/runtime'
import type { RpcServiceName } from '@praxisbus/runtime/grpc/method.ts'
import type { Answer, Api } from '@praxisbus/testing'
import { filled, pathsOf, requestsOf } from './questions.ts'
import { disguised, idsIn, type Recorded, repeated, SECRET, textOf } from './recorded.ts'
import { matches } from './tables.ts'

/** What is known of the practice that must not be seen. */
export interface Known {
  readonly ids: readonly string[]
  readonly requests: readonly Recorded[]
}

/** Nothing of the practice is in the answer, except what the request itself said. */
export function assertNoLeak(text: string, said: string, known: Known, what: string): void {
  const own = idsIn(said)
  const hidden = new Set(known.ids)
  const seen = [...idsIn(text)].filter((id) => hidden.has(id) && !own.has(id))
  assert.deepEqual(seen, [], `${what} shows ids of another practice`)
  if (!said.includes(SECRET))
    assert.ok(!new RegExp(SECRET, 'i').test(text), `${what} shows a name of another practice`)
}

/** Of the ids, which are in another order with each seed, so many are tried with each route. */
const MOST_PATHS = 100

/**
 * The first of these questions that the owner is answered to. Asked first with the ids that the practice has seen at such places, else
 * the owner would ask most of the ids of other kinds in vain, with each route.
 */
async function firstAnswered(
  owner: Api,
  { endpoint }: Route,
  paths: readonly string[],
  known: Known,
): Promise<string | undefined> {
  const ids = idsSeenAt(endpoint.split(' ')[1]!, known)
  const likely = (path: string) => [...idsIn(path)].every((id) => ids.has(id))
  for (const path of [...paths.filter(likely), ...paths.filter((one) => !likely(one))])
    if ((await owner.get(path)).status === 200) return path
  return undefined
}

/** Ids in what was asked below the same collection, `/v1/patients` for `/v1/patients/:id/balance`, and in the answers. */
function idsSeenAt(pattern: string, { requests }: Known): Set<string> {
  const collection = pattern.split('/').slice(0, 3).join('/')
  const there = requests.filter(({ path }) => path.split(/[/?]/).slice(0, 3).join('/') === collection)
  return idsIn(there.map(({ path, answer }) => `${path} ${textOf(answer)}`).join('\n'))
}

/** The stranger asks each reading route with an id that the owner is answered to, so that the question is a real one, and with others. */
export async function probeReads(
  routes: readonly Route[],
  apis: { owner: Api; stranger: Api },
  known: Known,
): Promise<number> {
  let asked = 0
  for (const route of routes.filter((one) => one.kind === 'query')) {
    const paths = pathsOf(route, known.ids)
    const real = await firstAnswered(apis.owner, route, paths, known)
    assert.ok(real, `${route.endpoint} answered its own practice none of the questions`)
    for (const path of new Set([real, ...paths.slice(0, MOST_PATHS)])) {
      const answer = await apis.stranger.get(path)
      asked++
      assert.ok(answer.status < 500, `${route.endpoint}: ${answer.status} at ${path}`)
      if (idsIn(path.split('?')[0]!).size > 0)
        assert.ok(
          answer.status >= 400 && answer.status < 500,
          `${route.endpoint}: ${answer.status} at ${path}`,
        )
      assertNoLeak(textOf(answer), path, known, `${route.endpoint} at ${path}`)
    }
  }
  return asked
}

/** The stranger sends again what the practice sent. Where the path names a record of it, there is none. */
export async function probeWrites(
  service: ServiceName,
  routes: readonly Route[],
  stranger: Api,
  known: Known,
): Promise<number> {
  let asked = 0
  for (const route of routes.filter(({ kind }) => kind === 'command')) {
    const own = known.requests.filter(
      (request) =>
        request.service === service &&
        matches(route.endpoint, request.method, request.path) &&
        request.answer.status < 300,
    )
    assert.ok(own.length > 0, `${route.endpoint} was never used by the practice: let playPractice use it`)
    for (const request of own) {
      const answer = await repeated(stranger, request)
      asked++
      const what = `${route.endpoint} sent again`
      assert.ok(answer.status < 500, `${what}: ${answer.status}`)
      const [place, query] = request.path.split('?') as [string, string?]
      if (idsIn(place).size > 0) assert.ok([403, 404].includes(answer.status), `${what}: ${answer.status}`)
      else if (idsIn(query ?? '').size > 0 || (!request.contentType && namesKnown(request.body, known)))
        assert.ok([400, 403, 404, 409, 422].includes(answer.status), `${what}: ${answer.status}`)
      const said = request.contentType ? '' : JSON.stringify(disguised(request.body))
      assertNoLeak(textOf(answer), `${request.path} ${said}`, known, what)
    }
  }
  return asked
}

const namesKnown = (body: unknown, { ids }: Known) =>
  [...idsIn(JSON.stringify(body ?? ''))].some((id) => ids.includes(id))

/** Naming the other practice does not help: each route says so before it reads anything. */
export async function probeForeignPractice(
  routes: readonly Route[],
  asOther: Api,
  known: Known,
): Promise<number> {
  const [id] = known.ids
  // A webhook or a page behind a link is asked by nobody of any practice.
  const guarded = routes.filter(({ kind }) => kind === 'command' || kind === 'query')
  for (const { endpoint } of guarded) {
    const [method, pattern] = endpoint.split(' ') as [string, string]
    const path = filled(pattern, id!)
    const answer: Answer = await asOther.raw(
      method,
      path,
      method === 'GET' ? (undefined as never) : '{}',
      'application/json',
    )
    assert.equal(answer.status, 403, `${endpoint} for a practice that is not one's own`)
    assertNoLeak(textOf(answer), path, known, endpoint)
  }
  return guarded.length
}

interface Caller {
  readonly token: string
  readonly practiceId: string
}

/** The same for every gRPC method. */
export async function probeRpc(
  table: RpcTable,
  address: string,
  { owner, stranger, intruder }: { owner: Caller; stranger: Caller; intruder: Caller },
  known: Known,
): Promise<number> {
  const client = connectRpc<RpcServiceName>({
    proto: table.proto,
    service: table.service,
    address,
    deadlineMs: 10_000,
  })
  const ask = async (method: string, request: unknown, principal: Caller) => {
    try {
      return {
        text: JSON.stringify(await client.call(method as never, request as never, { principal })),
        code: 'OK',
      }
    } catch (error) {
      const { code = 'fault', refusal } = error as { code?: string; refusal?: unknown }
      return { text: `${(error as Error).message} ${JSON.stringify(refusal)}`, code }
    }
  }
  let asked = 0
  try {
    for (const [method, row] of Object.entries(table.methods)) {
      let answered = false
      for (const request of known.ids.flatMap((id) => requestsOf(row.input, id))) {
        const answer = await ask(method, request, stranger)
        asked++
        assert.ok(
          ['OK', 'NOT_FOUND', 'INVALID_ARGUMENT', 'FAILED_PRECONDITION'].includes(answer.code),
          `${method}: ${answer.code}`,
        )
        assertNoLeak(answer.text, JSON.stringify(request), known, method)
        if (answered) continue
        // With what tells the owner something, and with all before it, of which none did.
        assert.equal((await ask(method, request, intruder)).code, 'PERMISSION_DENIED', method)
        const own = await ask(method, request, owner)
        answered = own.code === 'OK' && own.text !== answer.text
      }
      assert.ok(answered, `${method} told its own practice nothing that a stranger was not told`)
    }
  } finally {
    client.close()
  }
  return asked
}
