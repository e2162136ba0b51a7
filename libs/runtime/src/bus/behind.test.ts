import { expect, test } from '@jest/globals'
import { testGround, waitFor } from '@praxisbus/testing'
import { Kafka, logLevel, type PartitionAssigner } from 'kafkajs'
import { openDatabase } from '../db.ts'
import { openLog } from '../log.ts'
import { openMetrics } from '../metrics.ts'
import { startConsuming } from './consume.ts'
import { reaction } from './reaction.ts'
import { openWalks, Stepped } from './test-walk.ts'

/** With it nobody of ours gets into the group: a group has one protocol. */
const strange: PartitionAssigner = () => ({
  name: 'strange',
  version: 0,
  assign: async () => [],
  protocol: () => ({ name: 'strange', metadata: Buffer.alloc(0) }),
})

test('P-02 P-04 a reader that cannot join says that it does not read, and how far behind it is', async () => {
  const walks = await openWalks()
  const [app, relay] = [openDatabase(walks.clone.appUrl), openDatabase(walks.clone.relayUrl, { max: 2 })]
  const groupId = `${walks.topicPrefix}reader`
  const kafka = new Kafka({ brokers: testGround().kafka.brokers.split(','), logLevel: logLevel.NOTHING })
  const stranger = kafka.consumer({ groupId, partitionAssigners: [strange] })
  const metrics = openMetrics('behind-test')
  try {
    await stranger.connect()
    await stranger.subscribe({ topics: [`${walks.topicPrefix}${Stepped.topic}`] })
    const joined = new Promise((resolve) => stranger.on(stranger.events.GROUP_JOIN, resolve))
    await stranger.run({ eachMessage: async () => undefined })
    await joined
    walks.relayHere()
    await walks.walk(['a', 'b', 'c'], 1, 4)
    await walks.allMarked()

    const consuming = startConsuming({
      ...{ consumer: 'behind-test', groupId, bus: walks.bus, database: app, relay, metrics },
      log: openLog('behind-test', 'silent'),
      reactions: [reaction(Stepped, async () => undefined)],
      onFacts: () => undefined,
      signWithinMs: 3_000,
    })
    walks.cleanUps.push(consuming.stop)
    const behind = async () =>
      (await metrics.consumerLag.get()).values.reduce((sum, { value }) => sum + value, 0)
    const said = async () => /^consumer_reading\{.*\} ([01])$/m.exec(await metrics.registry.metrics())![1]
    await waitFor(async () => !consuming.reading() && (await behind()) === 12, 20_000, 'twelve behind')
    expect(await said()).toBe('0')

    await stranger.disconnect()
    await waitFor(async () => consuming.reading() && (await said()) === '1', 40_000, 'it to read')
    await waitFor(async () => (await behind()) === 0, 20_000, 'all to be read')
  } finally {
    await stranger.disconnect()
    await walks.close()
    await Promise.all([app.close(), relay.close()])
  }
}, 90_000)
