import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** What the provider does with the next requests. */
export type ProviderTrouble =
  | { readonly status: number; readonly retryAfter?: number }
  /** Takes the message and never answers, or closes the connection. */
  | { readonly at: 'silence' | 'hangUp' }

export interface ProviderServer {
  readonly url: string
  readonly token: string
  /** What it sent on: once for a key, however often it was asked. */
  readonly sent: readonly {
    readonly key: string
    readonly channel: string
    readonly to: string
    readonly text: string
  }[]
  /** Every request, by its key. */
  readonly asked: readonly string[]
  trouble(what?: ProviderTrouble): void
  stop(): Promise<void>
}

/** Another system that speaks the provider port: takes texts and calls, once for each Idempotency-Key. */
export async function startProvider(): Promise<ProviderServer> {
  const token = 'provider-token'
  const sent: { key: string; channel: string; to: string; text: string }[] = []
  const asked: string[] = []
  let trouble: ProviderTrouble | undefined
  const take = (key: string, body: { channel: string; to: string; text: string }) => {
    if (!sent.some((one) => one.key === key)) sent.push({ key, ...body })
  }
  const server = createServer(async (request, response) => {
    const { key, body } = await read(request)
    asked.push(key)
    const answer = (status: number, content: object, headers = {}) =>
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(content))
    if (request.method !== 'POST' || request.url !== '/messages') return answer(404, {})
    if (request.headers.authorization !== `Bearer ${token}`) return answer(401, { error: 'no such token' })
    if (trouble && 'status' in trouble) {
      const headers = trouble.retryAfter ? { 'retry-after': String(trouble.retryAfter) } : {}
      return answer(trouble.status, { error: 'not now' }, headers)
    }
    take(key, JSON.parse(body))
    if (trouble?.at === 'silence') return
    if (trouble?.at === 'hangUp') return void request.socket.destroy()
    answer(201, { id: `p-${key}` })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    token,
    sent,
    asked,
    trouble: (what) => {
      trouble = what
    },
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

async function read(request: IncomingMessage): Promise<{ key: string; body: string }> {
  const body = (await buffer(request)).toString()
  return { key: String(request.headers['idempotency-key']), body }
}
