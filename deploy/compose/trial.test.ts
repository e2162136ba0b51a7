import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openAuth } from '@praxisbus/runtime'
import { freePorts, testFolder } from '@praxisbus/testing'
import { launch } from '@praxisbus/testing/ground/server.ts'

type Trial = Awaited<ReturnType<typeof launch>>

let trial: Trial
let kafka: Server
let folder: string
let ports: { issuer: number; smtp: number; door: number }

/** The trial as its container starts it, with something that echoes in the place of Kafka. */
beforeAll(async () => {
  kafka = createServer((socket) => socket.on('error', () => undefined).pipe(socket)).listen(0, '127.0.0.1')
  await once(kafka, 'listening')
  folder = await testFolder('trial')
  const [issuer, smtp, door] = await freePorts(3)
  ports = { issuer: issuer!, smtp: smtp!, door: door! }
  trial = await launch({
    name: 'The trial',
    command: process.execPath,
    args: ['--no-warnings', join(import.meta.dirname, 'trial.ts')],
    env: {
      PATH: process.env.PATH,
      ISSUER_URL: url('127.0.0.1'),
      ISSUER_COOKIE_KEY: 'for-this-test-alone',
      FOLDER: folder,
      ISSUER_PORT: String(issuer),
      SMTP_PORT: String(smtp),
      KAFKA_PORT: String(door),
      KAFKA_LISTENER: `127.0.0.1:${(kafka.address() as AddressInfo).port}`,
    },
    logFile: join(folder, 'trial.log'),
    ready: async () => (await fetch(`${url('127.0.0.1')}/.well-known/openid-configuration`)).ok,
    readyTimeoutMs: 30_000,
  })
}, 40_000)
afterAll(async () => {
  await trial?.stop()
  kafka.close()
})

const url = (host: string) => `http://${host}:${ports.issuer}`

describe('the trial of docker-compose.yml', () => {
  test('a token names the address that people use, and its keys are found by another one', async () => {
    const answer = await fetch(`${url('127.0.0.1')}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('front-desk:dev').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    })
    const { access_token: token } = (await answer.json()) as { access_token: string }
    // As a service in a container: the name `trial` there is `localhost` here.
    const authenticate = openAuth({
      issuer: url('127.0.0.1'),
      audience: 'praxisbus',
      discoveryUrl: url('localhost'),
    })
    const principal = await authenticate({ authorization: `Bearer ${token}` })
    expect(principal).toMatchObject({ userId: 'front-desk', permissions: expect.any(Set) })
    expect(principal.permissions.has('patient.write')).toBe(true)
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(['issuer-key.json', 'mail']))
  })

  test('the door passes on what comes, both ways, and closes when the other side does', async () => {
    const socket = connect(ports.door, '127.0.0.1')
    const sent = Buffer.alloc(300_000, 'praxisbus')
    socket.end(sent)
    const received: Buffer[] = []
    for await (const part of socket) received.push(part)
    expect(Buffer.concat(received).equals(sent)).toBe(true)
  })

  test('a Kafka that is away ends the connection, not the trial', async () => {
    kafka.close()
    const socket = connect(ports.door, '127.0.0.1').on('error', () => undefined)
    await once(socket, 'close')
    expect(trial.running).toBe(true)
  })

  test('SIGTERM ends it in order', async () => {
    expect(await trial.stop('SIGTERM')).toMatchObject({ code: 0 })
  })
})
