import { openDatabase, sql } from '@praxisbus/runtime'
import type { OutgoingEvent } from '@praxisbus/runtime/bus/cloud-event.ts'
import { insertEvents } from '@praxisbus/runtime/bus/outbox.ts'
import { oneAtATime } from '@praxisbus/runtime/bus/waiting.ts'
import { Partitioners } from 'kafkajs'
import pg from 'pg'
import { serveParent } from './child.ts'
import { makeFacts, PRACTICE_ID } from './facts.ts'
import { insertOther } from './other-outbox.ts'
import { openRelay, type RelayPart } from './relay-process.ts'
import { bareKafka, nowMicros, type WrittenFact } from './watch.ts'

/** Writes facts at a steady rate, whoever carries them on. `via`: what this process does beyond the commit. */
export interface WriterPart extends RelayPart {
  readonly via: 'relay here' | 'relay elsewhere' | 'tailing' | 'bare producer' | 'pg-transactional-outbox'
  readonly appUrl: string
  readonly adminUrl: string
  readonly perSecond: number
  readonly count: number
}

export interface Written {
  readonly facts: WrittenFact[]
  readonly startedMicros: number[]
}

type Write = (fact: OutgoingEvent) => Promise<void>

serveParent<WriterPart>(async (settings) => {
  const write = await openWrite(settings)
  return async (): Promise<Written> => {
    const facts = makeFacts(settings.count)
    const startedMicros = await writeSteadily(facts, write, settings.perSecond)
    return { facts: facts.map(({ eventId, key }) => ({ eventId, key })), startedMicros }
  }
})

async function openWrite(settings: WriterPart): Promise<Write> {
  if (settings.via === 'bare producer') return await bareProducer(settings)
  if (settings.via === 'pg-transactional-outbox') return otherOutbox(settings)
  const database = openDatabase(settings.appUrl)
  const commit: Write = (fact) =>
    database.write(PRACTICE_ID, async (tx) => {
      await tx.run(insertEvents([fact]))
    })
  const carryOn = await openWake(settings)
  return async (fact) => {
    await commit(fact)
    carryOn()
  }
}

async function openWake(settings: WriterPart): Promise<() => void> {
  if (settings.via === 'tailing') return () => undefined
  if (settings.via === 'relay here') return openRelay(settings).wake
  const client = new pg.Client(settings.relayUrl)
  await client.connect()
  await client.query('set synchronous_commit = off')
  return oneAtATime(() => client.query('notify outbox'))
}

/** The floor: a commit of the same bytes and then a send of them, which a crash between the two would lose. */
async function bareProducer({ adminUrl, brokers, topicPrefix }: WriterPart): Promise<Write> {
  const database = openDatabase(adminUrl)
  await database.plain((tx) =>
    tx.run(sql`create table plain_row (id bigint generated always as identity primary key, practice_id uuid, event_id uuid,
    topic text, key text, type text, sequence bigint, headers jsonb, body text)`),
  )
  const producer = bareKafka(brokers, 'bench-floor').producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
  })
  await producer.connect()
  return async ({ practiceId, eventId, topic, key, type, sequence, headers, body }) => {
    await database.write(PRACTICE_ID, async (tx) => {
      await tx.run(sql`insert into plain_row (practice_id, event_id, topic, key, type, sequence, headers, body)
        values (${practiceId}, ${eventId}, ${topic}, ${key}, ${type}, ${sequence}, ${JSON.stringify(headers)}, ${body})`)
    })
    await producer.send({
      topic: topicPrefix + topic,
      acks: -1,
      messages: [{ key, value: body, headers: { ...headers } }],
    })
  }
}

function otherOutbox({ adminUrl }: WriterPart): Write {
  const database = openDatabase(adminUrl)
  return async (fact) => {
    await database.write(PRACTICE_ID, async (tx) => {
      await tx.run(insertOther([fact]))
    })
  }
}

/** Independent arrivals (Poisson), as from many desks; a key's next write waits for the one before, as its lock would make it. */
async function writeSteadily(
  facts: readonly OutgoingEvent[],
  write: Write,
  perSecond: number,
): Promise<number[]> {
  const startedMicros: number[] = []
  const lastOfKey = new Map<string, Promise<void>>()
  let dueMs = performance.now()
  for (const [index, fact] of facts.entries()) {
    dueMs += (-Math.log(1 - Math.random()) * 1_000) / perSecond
    const aheadMs = dueMs - performance.now()
    if (aheadMs > 0) await new Promise((resolve) => setTimeout(resolve, aheadMs))
    const before = lastOfKey.get(fact.key) ?? Promise.resolve()
    lastOfKey.set(
      fact.key,
      before.then(() => {
        startedMicros[index] = nowMicros()
        return write(fact)
      }),
    )
  }
  await Promise.all(lastOfKey.values())
  return startedMicros
}
