import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, test } from '@jest/globals'
import { waitFor } from '@praxisbus/testing'
import { type HttpServer, openServer } from './server.ts'

let http: HttpServer
/** Requests whose head has come. */
let begun: number
afterEach(() => http.server.closeAllConnections())

async function serve(listener: RequestListener): Promise<void> {
  begun = 0
  http = openServer((request, response) => {
    begun++
    listener(request, response)
  })
  http.server.listen(0, '127.0.0.1')
  await once(http.server, 'listening')
}

interface Stranger {
  readonly socket: Socket
  heard: string
}

async function says(text: string): Promise<Stranger> {
  const socket = connect((http.server.address() as AddressInfo).port, '127.0.0.1')
  const stranger = { socket, heard: '' }
  socket.on('error', () => undefined)
  socket.on('data', (bytes) => {
    stranger.heard += bytes
  })
  await once(socket, 'connect')
  socket.write(text)
  return stranger
}

const hasBegun = (requests: number) =>
  waitFor(() => begun === requests, 30_000, `${requests} requests to begin`)

async function msToClose(): Promise<number> {
  const began = performance.now()
  await http.close()
  return performance.now() - began
}

test.each([
  ['nothing', ''],
  ['half a head', 'GET /healthz HTTP/1.1\r\nHost: x\r\n'],
  ['a request, and half of the next', 'GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHo'],
])('S1 P-04 who has sent %s does not hold up the end', async (_what, text) => {
  await serve((_request, response) => response.end('here'))
  await says(text)
  await delay(100)
  expect(await msToClose()).toBeLessThan(3_000)
})

test('S1 P-04 who never sends the rest of a body is cut after 10 s', async () => {
  await serve((request, response) => {
    request.resume().on('end', () => response.end('all of it'))
  })
  await says('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc')
  await hasBegun(1)
  const ms = await msToClose()
  expect(ms).toBeGreaterThan(9_000)
  expect(ms).toBeLessThan(12_000)
}, 20_000)

test('P-04 what is in hand is answered, also what comes slowly, while strangers are sent away', async () => {
  await serve((request, response) => {
    request.resume().on('end', () => setTimeout(() => response.end('done'), 1_500))
  })
  const asked = await says('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  const slow = await says('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na')
  const stranger = await says('GET / HT')
  await hasBegun(2)
  const closed = msToClose()
  await waitFor(() => stranger.socket.destroyed, 3_000, 'the stranger to be sent away')
  slow.socket.write('bc')
  expect(await closed).toBeLessThan(6_000)
  expect(asked.heard).toMatch(/^HTTP\/1.1 200 OK[\s\S]*done/)
  expect(slow.heard).toMatch(/^HTTP\/1.1 200 OK[\s\S]*done/)
})
