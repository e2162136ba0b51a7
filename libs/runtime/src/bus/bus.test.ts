import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { defineEvent, type EventContract } from '@praxisbus/contracts'
import { database, type TestDatabase, testGround, topicReader, waitFor } from '@praxisbus/testing'
import pg from 'pg'
import { z } from 'zod'
import { type Database, openDatabase } from '../db.ts'
import { newId } from '../ids.ts'
import { openLog } from '../log.ts'
import { openMetrics } from '../metrics.ts'
import { refuse } from '../refusal.ts'
import { sql } from '../sql.ts'
import { type Consuming, startConsuming } from './consume.ts'
import { type Bus, openBus } from './kafka.ts'
import { insertEvents, openOutbox } from './outbox.ts'
import { drop, listParked, requestRetry } from './parking.ts'
import { prune } from './prune.ts'
import { reaction } from './reaction.ts'
import { type Relay, startRelay } from './relay.ts'

const ThingCounted: EventContract<{ thingId: string; count: number }> = defineEvent({
  topic: 'thing.counted',
  version: 1,
  owner: 'scheduler',
  aggregate: 'thing',
  partitions: 3,
  description: 'A thing was counted.',
  data: z.object({ thingId: z.uuid(), count: z.int() }),
})

const log = openLog('bus-test', 'silent')
const topicPrefix = `${newId()}.`
const practiceId = newId()
let clone: TestDatabase
let db: Database
let relayDb: Database
let bus: Bus

beforeAll(async () => {
  clone = await database('runtime')
  const admin = new pg.Client(clone.adminUrl)
  await admin.connect()
  await admin.query(`
    create table thing (practice_id uuid not null, id uuid primary key, count int not null);
    select practice_table('thing', 'select, insert, update');
    create table seen (practice_id uuid not null, n bigint generated always as identity, thing_id uuid not null, count int not null);
    select practice_table('seen', 'select, insert')`)
  await admin.end()
  db = openDatabase(clone.appUrl)
  relayDb = openDatabase(clone.relayUrl, { max: 4 })
  bus = openBus(
    {
      brokers: testGround().kafka.brokers.split(','),
      clientId: 'bus-test',
      topicPrefix,
      replicationFactor: 1,
    },
    log,
  )
  await bus.ensureTopics([ThingCounted])
})

afterAll(async () => {
  await Promise.all([bus.close(), db.close(), relayDb.close()])
  await clone.drop()
})

const relayOf = (publishes: readonly EventContract[] = [ThingCounted]) =>
  startRelay({ url: clone.relayUrl, bus, publishes, log, metrics: openMetrics('bus-test') })

/** Counts a thing, publishing the fact; keeps nothing where `giveUp`. */
async function count(thingId: string, giveUp = false): Promise<void> {
  await db.write(practiceId, async (tx) => {
    await tx.run(sql`insert into thing values (${practiceId}, ${thingId}, 0) on conflict do nothing`)
    const before = await tx.one<{ count: number }>(
      sql`select count from thing where id = ${thingId} for update`,
    )
    const next = before.count + 1
    await tx.run(sql`update thing set count = ${next} where id = ${thingId}`)
    const outbox = openOutbox(practiceId, Temporal.Now.instant())
    outbox.record(ThingCounted, { subject: thingId, version: next, data: { thingId, count: next } })
    await tx.run(insertEvents(outbox.events))
    return giveUp ? refuse('given_up', { detail: 'no', next: 'none' }) : undefined
  })
}

const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)
const seenOf = (thingId: string) =>
  db.read(practiceId, async (tx) =>
    (
      await tx.many<{ count: number }>(sql`select count from seen where thing_id = ${thingId} order by n`)
    ).map((row) => row.count),
  )

describe('outbox to topic (P-02)', () => {
  // Also where a test fails: whatever still runs would keep jest's worker from ending.
  const running: { stop(): Promise<void> }[] = []
  afterEach(async () => {
    for (const each of running.splice(0)) await each.stop()
  })
  const startOne = (...publishes: EventContract[]) => {
    const relay = relayOf(publishes.length > 0 ? publishes : undefined)
    running.push(relay)
    return relay
  }
  const readFrom = async (topic: string) => {
    const reader = await topicReader(testGround(), { topicPrefix, topics: [topic] })
    running.push(reader)
    return reader
  }

  test('P-02 a fact is in the topic if and only if its transaction committed, in order per key', async () => {
    const relay = startOne()
    const things = Array.from({ length: 5 }, newId)
    const work = things.flatMap((thing) =>
      Array.from({ length: 12 }, (_, round) => () => count(thing, round % 4 === 3)),
    )
    await Promise.all(
      work.map(async (step) => {
        await step()
        relay.wake()
      }),
    )
    const reader = await readFrom(ThingCounted.topic)
    const ofThing = (thing: string) => reader.messages.filter(({ key }) => key === thing)
    await waitFor(() => things.every((thing) => ofThing(thing).length >= 9), 15_000, 'all facts in the topic')
    for (const thing of things) {
      expect(ofThing(thing).map(({ value }) => value.count)).toEqual(oneTo(9))
    }
    expect(ofThing(things[0]!)[0]!.headers).toMatchObject({
      ce_specversion: '1.0',
      ce_type: 'praxisbus.thing.counted.v1',
      ce_source: '/praxisbus/scheduler',
      ce_practiceid: practiceId,
      ce_sequence: '1',
      'content-type': 'application/json',
      ce_traceparent: expect.stringMatching(/^00-/),
      ce_correlationid: expect.any(String),
    })
  })

  test('P-02 a topic that is missing is made, rather than holding up all that is behind it', async () => {
    const ThingWeighed = { ...ThingCounted, topic: 'thing.weighed' }
    const relay = startOne(ThingCounted, ThingWeighed)
    const thing = newId()
    await db.write(practiceId, async (tx) => {
      const outbox = openOutbox(practiceId, Temporal.Now.instant())
      outbox.record(ThingWeighed, { subject: thing, version: 1, data: { thingId: thing, count: 1 } })
      await tx.run(insertEvents(outbox.events))
    })
    relay.wake()
    const reader = await readFrom('thing.weighed')
    expect((await reader.until(({ key }) => key === thing)).value.count).toBe(1)
  })

  test('P-02 of two relays one leads; the other takes over when it stops', async () => {
    const relays: Relay[] = [startOne(), startOne()]
    const thing = newId()
    for (const round of oneTo(6)) {
      await count(thing)
      for (const relay of relays) relay.wake()
      if (round === 3) await relays.shift()!.stop()
    }
    const reader = await readFrom(ThingCounted.topic)
    const counts = () =>
      reader.messages.filter(({ key }) => key === thing).map(({ value }) => value.count as number)
    await waitFor(() => new Set(counts()).size >= 6, 15_000, 'six facts')
    expect([...new Set(counts())]).toEqual(oneTo(6))
  })
})

test('bookkeeping that nobody can need any more is removed; what is not published stays however old', async () => {
  const thing = newId()
  await count(thing)
  await count(thing)
  const admin = new pg.Client(clone.adminUrl)
  await admin.connect()
  await admin.query(
    `update outbox set recorded_at = now() - interval '1 year', published_at = case sequence when 1 then now() - interval '31 days' end where key = '${thing}'`,
  )
  await prune(relayDb)
  const { rows } = await admin.query(`select sequence::int from outbox where key = '${thing}'`)
  await admin.end()
  expect(rows).toEqual([{ sequence: 2 }])
})

describe('topic to effect (P-02)', () => {
  const poisoned = new Set<string>()
  let relay: Relay
  let consuming: Consuming

  beforeAll(() => {
    relay = relayOf()
    consuming = startConsuming({
      consumer: 'bus-test',
      groupId: `${topicPrefix}bus-test`,
      bus,
      database: db,
      relay: relayDb,
      log,
      metrics: openMetrics('bus-test'),
      onFacts: () => undefined,
      reactions: [
        reaction(ThingCounted, async (ctx, { thingId, count: n }) => {
          if (poisoned.has(thingId)) throw new Error('cannot digest this')
          await ctx.tx.run(
            sql`insert into seen (practice_id, thing_id, count) values (${ctx.practiceId}, ${thingId}, ${n})`,
          )
        }),
      ],
    })
  })
  afterAll(async () => {
    await consuming.stop()
    await relay.stop()
  })

  test('P-02 each fact has its effect once and in order, also when every message comes again', async () => {
    const thing = newId()
    for (const _ of oneTo(5)) await count(thing)
    relay.wake()
    await waitFor(async () => (await seenOf(thing)).length === 5, 20_000, 'five effects')
    const unmarked = () =>
      relayDb.plain((tx) => tx.many(sql`select from outbox where key = ${thing} and published_at is null`))
    await waitFor(async () => (await unmarked()).length === 0, 10_000, 'the marks')
    // As after a crash between Kafka's acknowledgement and the mark.
    await relayDb.plain((tx) => tx.run(sql`update outbox set published_at = null where key = ${thing}`))
    await count(thing)
    relay.wake()
    await waitFor(async () => (await seenOf(thing)).length === 6, 20_000, 'the sixth effect')
    expect(await seenOf(thing)).toEqual(oneTo(6))
  })

  test('P-02 a poison message parks its key with those behind it; other keys go on within 2 s; a retry converges in order', async () => {
    const [bad, good] = [newId(), newId()]
    poisoned.add(bad)
    for (const _ of oneTo(3)) await count(bad)
    relay.wake()
    const began = Date.now()
    await count(good)
    relay.wake()
    await waitFor(async () => (await seenOf(good)).length === 1, 10_000, 'the other key')
    expect(Date.now() - began).toBeLessThan(2_000)
    const parkedOf = async () => (await listParked(relayDb)).filter(({ key }) => key === bad)
    await waitFor(async () => (await parkedOf()).length === 3, 10_000, 'three parked messages')
    expect((await parkedOf()).map(({ error }) => error)).toEqual([
      expect.stringContaining('cannot digest this'),
      expect.stringContaining('behind'),
      expect.stringContaining('behind'),
    ])

    expect(await requestRetry(relayDb, bad)).toBe(3)
    await waitFor(async () => (await parkedOf())[0]!.attempts > 5, 10_000, 'another attempt')
    expect(await seenOf(bad)).toEqual([])

    poisoned.delete(bad)
    await count(bad)
    await requestRetry(relayDb, bad)
    relay.wake()
    await waitFor(
      async () => (await seenOf(bad)).length === 4 && (await parkedOf()).length === 0,
      10_000,
      'all four effects',
    )
    expect(await seenOf(bad)).toEqual(oneTo(4))
  })

  test('P-02 a message that keeps killing the process is parked without being tried once more', async () => {
    const [thing, next] = [newId(), newId()]
    // What five processes left behind that ended while they handled the next message, whichever partition it goes to.
    for (const { partition, offset } of await bus.endOffsets(ThingCounted.topic)) {
      await db.plain((tx) =>
        tx.run(
          sql`insert into delivery_attempt values (${'bus-test'}, ${ThingCounted.topic}, ${partition}, ${offset}, 5)`,
        ),
      )
    }
    await count(thing)
    relay.wake()
    await waitFor(
      async () =>
        (await listParked(relayDb)).some(({ key, error }) => key === thing && /process ended/.test(error)),
      10_000,
      'it to be parked',
    )
    expect(await seenOf(thing)).toEqual([])
    await db.plain((tx) => tx.run(sql`delete from delivery_attempt`))
    await count(next)
    relay.wake()
    await waitFor(async () => (await seenOf(next)).length === 1, 10_000, 'the next key')
  })

  test('P-02 a request that another process took up, and died of, is not taken up again by those who waited', async () => {
    const bad = newId()
    poisoned.add(bad)
    await count(bad)
    relay.wake()
    const parkedOf = async () => (await listParked(relayDb)).filter(({ key }) => key === bad)
    await waitFor(async () => (await parkedOf()).length === 1, 10_000, 'a parked message')
    const { attempts } = (await parkedOf())[0]!

    // The other process: it has the key's lock and takes the request back while this service's reader waits for it.
    const other = new pg.Client(clone.adminUrl)
    await other.connect()
    try {
      await other.query('begin')
      const lock = `hashtextextended('bus-test\n${ThingCounted.topic}\n${bad}', 0)`
      await other.query(`select pg_advisory_xact_lock(${lock})`)
      await requestRetry(relayDb, bad)
      const waiting = async () => {
        const { rows } = await other.query(
          `select from pg_locks where locktype = 'advisory' and not granted
           and (classid::bigint << 32 | objid::bigint) = ${lock}`,
        )
        return rows.length === 1
      }
      await waitFor(waiting, 10_000, 'the reader to wait for the key')
      await relayDb.plain((tx) => tx.run(sql`update parked set retry_requested_at = null where key = ${bad}`))
    } finally {
      await other.end()
    }
    poisoned.delete(bad)
    const after = newId()
    poisoned.add(after)
    await count(after)
    relay.wake()
    await waitFor(
      async () => (await listParked(relayDb)).some(({ key }) => key === after),
      10_000,
      'a later message',
    )
    await requestRetry(relayDb, after)
    await waitFor(
      async () => (await listParked(relayDb)).some(({ key, attempts: n }) => key === after && n > 5),
      10_000,
      'the reader to have looked for requests once more',
    )
    expect(await parkedOf()).toEqual([expect.objectContaining({ attempts })])
    expect(await seenOf(bad)).toEqual([])
  })

  test('P-02 an operator can give up on a parked message', async () => {
    const bad = newId()
    poisoned.add(bad)
    await count(bad)
    relay.wake()
    const parkedOf = async () => (await listParked(relayDb)).filter(({ key }) => key === bad)
    await waitFor(async () => (await parkedOf()).length === 1, 10_000, 'a parked message')
    expect(await drop(relayDb, (await parkedOf())[0]!.id)).toBe(1)
    poisoned.delete(bad)
    await count(bad)
    relay.wake()
    await waitFor(async () => (await seenOf(bad)).length === 1, 10_000, 'the next effect')
    expect(await seenOf(bad)).toEqual([2])
  })

  test('P-03 another version of a fact on the same topic is left to those who read it', async () => {
    const thing = newId()
    const next = { ...ThingCounted, version: 2 }
    await db.write(practiceId, async (tx) => {
      const outbox = openOutbox(practiceId, Temporal.Now.instant())
      for (const contract of [ThingCounted, next])
        outbox.record(contract, { subject: thing, version: 1, data: { thingId: thing, count: 1 } })
      await tx.run(insertEvents(outbox.events))
    })
    await count(newId())
    relay.wake()
    await waitFor(async () => (await seenOf(thing)).length > 0, 10_000, 'the version that is read here')
    expect(await seenOf(thing)).toEqual([1])
    expect((await listParked(relayDb)).filter(({ key }) => key === thing)).toEqual([])
  })

  test('P-02 a message that is none of ours is parked with the reason, and others go on', async () => {
    const foreign = newId()
    const sender = bus.sender()
    await sender.send([{ topic: ThingCounted.topic, key: foreign, headers: { ce_id: 'x' }, body: '{}' }])
    await sender.close()
    await waitFor(
      async () =>
        (await listParked(relayDb)).some(({ key, error }) => key === foreign && /ce_practiceid/.test(error)),
      10_000,
      'the foreign message parked',
    )
  })
})
