import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime'
import { database, issuer, startService, testGround } from '@praxisbus/testing'

/** None of them is a request that a service could finish. */
const HALF = [
  '',
  'GET /healthz HTTP/1.1\r\nHost: x\r\n',
  'POST /v1/encounters HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc',
]

test('S1 P-04 SIGTERM ends a service in order, with 0, although strangers have half a request open', async () => {
  const [clone, signIn] = [await database('ehr'), await issuer()]
  const service = await startService('ehr', {
    database: clone,
    ground: testGround(),
    issuer: signIn,
    topicPrefix: `half-open-${newId().slice(-12)}.`,
    env: { BILLING_GRPC: '127.0.0.1:1' },
  })
  try {
    const { port, hostname } = new URL(service.httpUrl)
    for (const text of HALF) {
      const stranger = connect(Number(port), hostname)
      stranger.on('error', () => undefined)
      await once(stranger, 'connect')
      stranger.write(text)
    }
    await delay(300)
    process.kill(service.pid, 'SIGTERM')
    expect(await service.exited).toEqual({ code: 0, signal: null })
    expect(await service.logs()).not.toContain('could not stop')
  } finally {
    await service.stop()
    await signIn.stop()
    await clone.drop()
  }
}, 90_000)
