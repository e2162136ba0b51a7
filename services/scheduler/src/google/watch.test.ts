import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openLog } from '@praxisbus/runtime/log.ts'
import { openMetrics } from '@praxisbus/runtime/metrics.ts'
import { waitFor } from '@praxisbus/testing'
import { type GoogleDesk, openGoogleDesk } from '../testing/google.ts'
import { lookAtConnections, startWatchingConnections } from './watch.ts'

let desk: GoogleDesk
beforeAll(async () => {
  desk = await openGoogleDesk()
  await desk.connect()
  await desk.settle()
})
afterAll(() => desk.close())

test('S-19 P-04 metrics show connections whose round fails, those that wait for a consent, and who is behind', async () => {
  const metrics = openMetrics('scheduler')
  const settings = { relay: desk.desk.relay, log: openLog('scheduler', 'silent'), metrics, lookMs: 20 }
  const watch = startWatchingConnections(settings)
  const shows = (line: RegExp, what: string) =>
    waitFor(async () => line.test(await metrics.registry.metrics()), 10_000, what)
  try {
    await shows(/google_connections\{state="connected",service="scheduler"\} 1\n/, 'the one connection')
    await shows(/google_connections_failing\{service="scheduler"\} 0\n/, 'that none fails')
    await shows(/google_sync_behind_seconds\{service="scheduler"\} [0-9.]+\n/, 'how far it is behind')
    desk.google.trouble({ on: 'events.list', how: 'fault' })
    await desk.comesUp()
    await desk.turn()
    await shows(/google_connections_failing\S* 1\n/, 'the failing one')
    desk.google.trouble()
    await desk.settle()
    await shows(/google_connections_failing\S* 0\n/, 'its end')
    await desk.alone()
    await shows(/google_connections\{state="connected"\S* 0\n/, 'that none is connected')
    await shows(/google_connections\{state="reconnect_needed"\S* [1-9]/, 'those that wait for a consent')
    expect(await lookAtConnections(desk.desk.relay)).toEqual({
      ...{ connected: 0, reconnectNeeded: 1, failing: 0, behindSeconds: 0 },
    })
  } finally {
    await watch.stop()
  }
})
