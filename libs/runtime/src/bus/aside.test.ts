import { expect, test } from '@jest/globals'
import { defineEvent } from '@praxisbus/contracts'
import { testGround, waitFor } from '@praxisbus/testing'
import { z } from 'zod'
import { newId } from '../ids.ts'
import { openLog } from '../log.ts'
import { openAside } from './aside.ts'
import { openBus } from './kafka.ts'

const Slowed = defineEvent({
  topic: 'thing.slowed',
  version: 1,
  owner: 'scheduler',
  aggregate: 'thing',
  partitions: 1,
  description: 'A thing takes its time.',
  data: z.object({ thingId: z.uuid() }),
})

test('P-02 a slow batch that outlives its reader ends like any other', async () => {
  const log = openLog('aside-test', 'silent')
  const brokers = testGround().kafka.brokers.split(',')
  const bus = openBus(
    { brokers, clientId: 'aside-test', topicPrefix: `${newId()}.`, replicationFactor: 1 },
    log,
  )
  const sender = bus.sender()
  const reader = bus.consumer({ groupId: newId(), maxWaitTimeInMs: 100 })
  const work = Promise.withResolvers<void>()
  try {
    await bus.ensureTopics([Slowed])
    await sender.send([{ topic: Slowed.topic, key: newId(), body: '{}', headers: {} }])
    const aside = openAside(reader, log)
    await reader.connect()
    await reader.subscribe({ topics: [bus.topicName(Slowed.topic)], fromBeginning: true })
    await reader.run({ autoCommit: false, eachBatch: (payload) => aside.run(payload, () => work.promise) })
    await waitFor(async () => aside.places().length === 1, 30_000, 'the batch to be set aside')
    await reader.disconnect()

    const finished = aside.finished()
    work.resolve()
    await expect(finished).resolves.toBeUndefined()
    expect(aside.places()).toEqual([])
  } finally {
    work.resolve()
    await Promise.all([reader.disconnect(), sender.close()])
    await bus.close()
  }
}, 60_000)
