import { expect, test } from '@jest/globals'
import { waitFor } from '@praxisbus/testing'
import pg from 'pg'
import { openLog } from '../log.ts'
import { openMetrics } from '../metrics.ts'
import { openBus } from './kafka.ts'
import { startRelay } from './relay.ts'
import { openWalks, Stepped } from './test-walk.ts'

const log = openLog('lead-test', 'silent')
const NOBODY_THERE = '127.0.0.1:1'

test('P-02 P-04 a relay that leads no more says nothing of Kafka and of waiting rows', async () => {
  const walks = await openWalks()
  const metrics = openMetrics('lead-test')
  const bus = openBus(
    { brokers: [NOBODY_THERE], clientId: 'lead-test', topicPrefix: walks.topicPrefix, replicationFactor: 1 },
    log,
  )
  const relay = startRelay({ url: walks.clone.relayUrl, bus, publishes: [Stepped], log, metrics })
  const rival = new pg.Client(walks.clone.adminUrl)
  await rival.connect()
  const said = async () => ({
    leader: (await metrics.relayLeader.get()).values[0]!.value,
    rows: (await metrics.relayLagRows.get()).values[0]!.value,
    seconds: (await metrics.relayLagSeconds.get()).values[0]!.value,
    sending: relay.sending(),
  })
  try {
    await walks.walk(['a', 'b'], 1, 3)
    await waitFor(async () => !relay.sending() && (await said()).rows === 6, 20_000, 'a failed send')
    const { rows } = await walks.admin.query(
      `select classid, objid from pg_locks join pg_database on pg_database.oid = database
        where locktype = 'advisory' and granted and datname = current_database()`,
    )
    const taken = rival.query(`select pg_advisory_lock(${rows[0].objid})`)
    await walks.admin.query(
      `select pg_terminate_backend(pid) from pg_locks join pg_database on pg_database.oid = database
        where locktype = 'advisory' and granted and datname = current_database()`,
    )
    await taken
    const nothing = { leader: 0, rows: 0, seconds: 0, sending: true }
    await waitFor(async () => (await said()).leader === 0 && relay.sending(), 20_000, 'it to fall silent')
    expect(await said()).toEqual(nothing)
  } finally {
    await rival.end()
    await relay.stop()
    await bus.close()
    await walks.close()
  }
}, 60_000)
