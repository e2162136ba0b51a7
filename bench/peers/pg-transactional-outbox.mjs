import { Kafka, logLevel, Partitioners } from 'kafkajs'
import {
  createReplicationSegmentMutexConcurrencyController,
  getDisabledLogger,
  initializePollingMessageListener,
  initializeReplicationMessageListener,
} from 'pg-transactional-outbox'

/**
 * A relay built on npm `pg-transactional-outbox`. Keys go on side by side and each in its order; what guards its handlers from
 * poisonous messages is off, since a relay has none and each guard costs a transaction.
 * Started with one argument: { adminUrl, brokers, topicPrefix, listener: 'replication' | 'polling', pollMs }.
 */
const { adminUrl, brokers, topicPrefix, listener, pollMs } = JSON.parse(process.argv[2])

const kafka = new Kafka({ clientId: 'bench-other', brokers: brokers.split(','), logLevel: logLevel.NOTHING })
const producer = kafka.producer({
  createPartitioner: Partitioners.DefaultPartitioner,
  allowAutoTopicCreation: false,
})
await producer.connect()

const handler = {
  handle: async ({ aggregateType, aggregateId, payload, metadata }) => {
    await producer.send({
      topic: topicPrefix + aggregateType,
      acks: -1,
      messages: [{ key: aggregateId, value: JSON.stringify(payload), headers: metadata }],
    })
  },
}
// Its other words come with each message.
const say = (_, words) => console.error(`  pg-transactional-outbox: ${words}`)
const logger = { ...getDisabledLogger(), warn: say, error: say }
const database = { connectionString: adminUrl }
const config = {
  outboxOrInbox: 'outbox',
  dbListenerConfig: database,
  dbHandlerConfig: { ...database, max: 20 },
  settings: {
    dbSchema: 'other',
    dbTable: 'outbox',
    enableMaxAttemptsProtection: false,
    enablePoisonousMessageProtection: false,
    messageCleanupIntervalInMs: 0,
    ...(listener === 'replication'
      ? { dbPublication: 'other', dbReplicationSlot: new URL(adminUrl).pathname.slice(1) }
      : {
          nextMessagesFunctionSchema: 'other',
          nextMessagesFunctionName: 'next_messages',
          nextMessagesBatchSize: 200,
          nextMessagesPollingIntervalInMs: pollMs,
        }),
  },
}
const [shutdown] =
  listener === 'replication'
    ? initializeReplicationMessageListener(config, handler, logger, {
        concurrencyStrategy: createReplicationSegmentMutexConcurrencyController(),
      })
    : initializePollingMessageListener(config, handler, logger, {
        batchSizeStrategy: async () => 200,
      })

process.on('disconnect', () => process.exit(1))
process.on('SIGTERM', () => shutdown().finally(() => process.exit(0)))
process.send({})
