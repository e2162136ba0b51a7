import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { ClientReadableStream } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { protoPath as healthProto } from 'grpc-health-check'
import { newId } from '../ids.ts'
import { RpcUnavailable } from './client.ts'
import { openTrial, SLOW, thrown } from './test-server.ts'

let trial: Awaited<ReturnType<typeof openTrial>>
let principal: { token: string; practiceId: string }

beforeAll(async () => {
  trial = await openTrial()
  principal = await trial.caller(['encounter.read'], [newId()])
})
afterAll(() => trial.close())

const serve = (port = 0) => trial.start({ port })

function client(port: number, deadlineMs?: number) {
  const opened = trial.client(port, deadlineMs)
  return { ask: (encounterId = newId()) => opened.call('GetEncounter', { encounterId }, { principal }) }
}

async function timed<T>(promise: Promise<T>): Promise<{ result: T; ms: number }> {
  const began = performance.now()
  return { result: await promise, ms: performance.now() - began }
}

describe('P-01 a peer that gives no answer', () => {
  test('is unavailable when it is slower than the deadline', async () => {
    const { ask } = client((await serve()).port, 300)
    const { result, ms } = await timed(thrown(ask(SLOW)))
    expect(result).toBeInstanceOf(RpcUnavailable)
    expect(result).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      message: expect.stringContaining('praxisbus.ehr.v1.Ehr/GetEncounter'),
    })
    expect(ms).toBeLessThan(800)
  })

  test('is unavailable when nobody listens, well before the deadline', async () => {
    const server = await serve()
    await server.shutdown()
    const { result, ms } = await timed(thrown(client(server.port).ask()))
    expect(result).toMatchObject({ name: 'RpcUnavailable', code: 'UNAVAILABLE' })
    expect(ms).toBeLessThan(2_200)
  })

  test('is unavailable after the deadline when it takes the connection and stays silent', async () => {
    const silent = createServer((socket) => trial.closing.push(() => socket.destroy())).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    trial.closing.push(() => silent.close())
    const { result, ms } = await timed(thrown(client((silent.address() as { port: number }).port, 500).ask()))
    expect(result).toMatchObject({ code: 'DEADLINE_EXCEEDED' })
    expect(ms).toBeLessThan(1_000)
  })

  test('is asked again, and answers when it is back within the deadline', async () => {
    const first = await serve()
    const { ask } = client(first.port)
    await ask()
    await first.shutdown()
    const answer = ask()
    await delay(250)
    await serve(first.port)
    expect(await answer).toMatchObject({ released: true })
    expect(await ask()).toMatchObject({ released: true })
  })
})

describe('P-01 a server that stops', () => {
  test('finishes the call in hand, takes no new one, and does not wait for who watches its health', async () => {
    const server = await serve()
    const watcher = trial.plainClient(server.port, healthProto, 'grpc.health.v1.Health')
    const watch = watcher.Watch!({ service: '' }) as ClientReadableStream<{ status: string }>
    watch.on('error', () => undefined)
    const seen: string[] = []
    watch.on('data', ({ status }: { status: string }) => seen.push(status))
    await once(watch, 'data')
    const inHand = client(server.port).ask(SLOW)
    await delay(300)
    const { ms } = await timed(server.shutdown())
    expect(await inHand).toMatchObject({ encounterId: SLOW })
    expect(seen).toEqual(['SERVING', 'NOT_SERVING'])
    expect(ms).toBeLessThan(3_000)
    expect(await thrown(client(server.port, 400).ask())).toBeInstanceOf(RpcUnavailable)
  })
})
