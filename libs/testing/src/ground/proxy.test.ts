import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { startProxy, type TcpProxy } from './proxy.ts'
import { waitFor } from './wait.ts'

let server: Server
let proxy: TcpProxy
let heard: string

/** Repeats what it hears, in capitals. */
beforeEach(async () => {
  heard = ''
  server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      heard += bytes
      socket.write(String(bytes).toUpperCase())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  proxy = await startProxy({ targetPort: (server.address() as AddressInfo).port })
})
afterEach(async () => {
  await proxy.stop()
  server.close()
})

interface Caller {
  readonly socket: Socket
  answer: string
  closed: boolean
}

async function call(): Promise<Caller> {
  const socket = connect({ port: proxy.port, host: '127.0.0.1' })
  const caller: Caller = { socket, answer: '', closed: false }
  socket.on('data', (bytes) => {
    caller.answer += bytes
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    caller.closed = true
  })
  await once(socket, 'connect')
  return caller
}

const until = (holds: () => boolean, what: string) => waitFor(holds, 5_000, what)

test('a proxy passes what both sides say, and cuts', async () => {
  const caller = await call()
  caller.socket.write('hello')
  await until(() => caller.answer === 'HELLO', 'the answer')
  expect(proxy.open).toBe(1)
  proxy.cut()
  await until(() => caller.closed, 'the end')
  expect(proxy.open).toBe(0)
})

test('swallowed answers are lost though the request arrived, and the connection ends with the trouble', async () => {
  const caller = await call()
  proxy.trouble({ swallowAnswers: true })
  caller.socket.write('lost')
  await until(() => proxy.swallowedBytes === 4, 'the swallowed answer')
  expect([heard, caller.answer, caller.closed]).toEqual(['lost', '', false])
  proxy.trouble({})
  await until(() => caller.closed, 'the end')
  const next = await call()
  next.socket.write('next')
  await until(() => next.answer === 'NEXT', 'the next answer')
})

test('held requests arrive late and in order, also after their client has gone', async () => {
  proxy.trouble({ holdRequests: true })
  const [gone, waiting] = [await call(), await call()]
  for (const word of ['one ', 'two ']) gone.socket.write(word)
  waiting.socket.write('x')
  await until(() => proxy.heldBytes === 9, 'the requests')
  gone.socket.destroy()
  await until(() => gone.closed, 'the end')
  expect(heard).toBe('')
  proxy.trouble({})
  await until(() => heard.length === 9 && waiting.answer === 'X', 'what was held')
  expect(heard.replace('x', '')).toBe('one two ')
})

test('pieces that are late keep their order when the delay ends', async () => {
  const caller = await call()
  const begun = performance.now()
  proxy.trouble({ delayMs: 150 })
  caller.socket.write('slow ')
  await new Promise((resolve) => setTimeout(resolve, 20))
  proxy.trouble({})
  caller.socket.write('quick')
  await until(() => heard === 'slow quick', 'both')
  expect(performance.now() - begun).toBeGreaterThan(145)
})
