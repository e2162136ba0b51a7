import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { database, type TestDatabase, testGround } from '@praxisbus/testing'
import pg from 'pg'
import { openBus } from './bus/kafka.ts'
import { startRelay } from './bus/relay.ts'
import { openDatabase } from './db.ts'
import { sessionOptions } from './db-session.ts'
import { openLog } from './log.ts'
import { openMetrics } from './metrics.ts'
import { migrate } from './migrate.ts'

let clone: TestDatabase
beforeAll(async () => {
  clone = await database('runtime')
})
afterAll(() => clone.drop())

/** What the first client to come says of its session, before it is turned away. */
async function askedFor(connect: (url: string) => Promise<unknown>): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (bytes: Buffer) => {
      // Length and protocol, then names and values, each with a zero behind it.
      const words = bytes.subarray(8).toString().split('\0')
      resolve(words[words.indexOf('options') + 1]!)
      socket.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(clone.relayUrl)
  url.port = String((server.address() as AddressInfo).port)
  try {
    await connect(url.href).catch(() => undefined)
    return await promise
  } finally {
    server.close()
  }
}

const log = openLog('session-test', 'silent')

test.each<[string, (url: string) => Promise<unknown>]>([
  [
    'the relay, which holds the lead',
    async (url) => {
      const brokers = testGround().kafka.brokers.split(',')
      const bus = openBus({ brokers, clientId: 'session-test', topicPrefix: '', replicationFactor: 1 }, log)
      const relay = startRelay({ url, bus, publishes: [], log, metrics: openMetrics('session-test') })
      await relay.stop()
      await bus.close()
    },
  ],
  [
    'a migration, which holds the lock of migrations',
    (url) =>
      migrate({
        adminUrl: url,
        service: 'session_test',
        migrationsDirs: [],
        logins: { app: { password: 'a' }, relay: { password: 'b' } },
      }),
  ],
  [
    'a pool',
    async (url) => {
      const pool = openDatabase(url, { max: 1 })
      await pool.ping().finally(pool.close)
    },
  ],
])('D2 P-02 %s, is missed within seconds when its machine vanishes', async (_who, connect) => {
  const options = await askedFor(connect)
  expect(options).toContain('-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3')
  expect(options).toContain('-c tcp_user_timeout=11000')
})

test('D2 P-02 PostgreSQL keeps to what a session asks for', async () => {
  const client = new pg.Client({ connectionString: clone.relayUrl, options: sessionOptions() })
  await client.connect()
  try {
    const { rows } = await client.query(
      `select current_setting('tcp_keepalives_idle') as idle, current_setting('tcp_keepalives_interval') as every,
              current_setting('tcp_keepalives_count') as count, current_setting('tcp_user_timeout') as unanswered`,
    )
    expect(rows).toEqual([
      { idle: '5', every: '2', count: '3', unanswered: expect.stringMatching(/^11(000|s)$/) },
    ])
  } finally {
    await client.end()
  }
})
