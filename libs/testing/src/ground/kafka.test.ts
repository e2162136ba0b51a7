import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { Kafka, logLevel } from 'kafkajs'
import { testFolder } from '../test-ground.ts'
import { topicReader } from '../topics.ts'
import { explainKafka, propertyValue, startKafka } from './kafka.ts'

test('Kafka keeps what it acknowledged over kill -9 and restart, on the same address', async () => {
  const dataDir = join(await testFolder('kafka'), 'Größe 1') // Java reads settings and locales in its own ways
  const server = await startKafka({ dataDir, heapMb: 256, durable: false })
  expect(existsSync(join(dataDir, 'log/meta.properties'))).toBe(true)
  const kafka = new Kafka({ brokers: [server.brokers], logLevel: logLevel.NOTHING })
  const send = async (value: string) => {
    const producer = kafka.producer()
    await producer.connect()
    await producer.send({ topic: 'here.kept', messages: [{ key: 'k', value, headers: { ce_id: 'id' } }] })
    await producer.disconnect()
  }
  const admin = kafka.admin()
  await admin.connect()
  // Waiting for leaders, kafkajs gives up where the new topic is not in the broker's own view yet; sending asks again.
  await admin.createTopics({ topics: [{ topic: 'here.kept', numPartitions: 2 }], waitForLeaders: false })
  await expect(admin.fetchTopicMetadata({ topics: ['here.unknown'] })).rejects.toThrow() // made by nobody's mistake
  await admin.disconnect()

  await send('{"number":1}')
  await server.kill9()
  await server.restart()
  await send('{"number":2}')

  const ground = { postgres: { adminUrl: '' }, kafka: { brokers: server.brokers }, redis: { url: '' } }
  const reader = await topicReader(ground, { topicPrefix: 'here.', topics: ['kept'] })
  const last = await reader.until(({ value }) => value.number === 2)
  expect(last).toMatchObject({ topic: 'kept', key: 'k', headers: { ce_id: 'id' }, offset: 1 })
  expect(reader.messages.map(({ value }) => value.number)).toEqual([1, 2])
  await reader.stop()
  await server.stop()
}, 120_000)

test('settings and logs of Java are put into words', () => {
  expect(propertyValue('/tmp/Größe 1')).toBe('/tmp/Gr\\u00f6\\u00dfe 1')
  const error = (text: string) =>
    `2026-01-01 INFO reads meta.properties\n2026-01-01 ERROR Exiting Kafka\n${text}\n`
  const damaged = /damaged.\n {2}java.*\n.*--fresh/
  expect(
    explainKafka(error('java.lang.RuntimeException: No readable meta.properties files found.'))?.message,
  ).toMatch(damaged)
  expect(explainKafka(error('java.lang.X: CorruptRecordException: Found record size -1'))?.message).toMatch(
    damaged,
  )
  expect(explainKafka(error('java.lang.OutOfMemoryError'))).toBeUndefined()
  expect(explainKafka('2026-01-01 INFO reads meta.properties\n')).toBeUndefined()
})
