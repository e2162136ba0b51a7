import { afterAll, expect, test } from '@jest/globals'
import { testGround } from '@praxisbus/testing'
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs'
import { newId } from '../ids.ts'
import { openLog } from '../log.ts'
import { openBus } from './kafka.ts'
import { Stepped } from './test-walk.ts'

const brokers = testGround().kafka.brokers.split(',')
const topicPrefix = `${newId()}.`
const bus = openBus(
  { brokers, clientId: 'kafka-test', topicPrefix, replicationFactor: 1 },
  openLog('x', 'silent'),
)
afterAll(() => bus.close())

test('P-02 where there is one copy, what Kafka acknowledges is on its disk', async () => {
  await bus.ensureTopics([Stepped])
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: bus.topicName(Stepped.topic) }],
    })
    expect(resources[0]!.configEntries).toContainEqual(
      expect.objectContaining({ configName: 'flush.messages', configValue: '1' }),
    )
  } finally {
    await admin.disconnect()
  }
})
