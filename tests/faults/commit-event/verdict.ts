import assert from 'node:assert/strict'
import { waitFor } from '@praxisbus/testing'
import { rowsOf } from '../rows.ts'
import { type RawMessage, wholeTopics } from '../whole-topic.ts'
import type { World } from './world.ts'
import type { Acknowledged } from './writers.ts'

interface Committed {
  readonly eventId: string
  readonly topic: string
  readonly key: string
  readonly version: number
  readonly headers: Record<string, string>
  readonly body: string
}

const QUIET_MS = 120_000

/** What must hold once the system is left alone; a line each. Throws where it does not. */
export async function verdict(world: World, acknowledged: readonly Acknowledged[]): Promise<string[]> {
  const { databases, kafka } = world
  const unsent = 'select count(*)::int as n from outbox where published_at is null'
  await waitFor(
    async () => (await rowsOf<{ n: number }>(databases.scheduler.adminUrl, unsent))[0]!.n === 0,
    QUIET_MS,
    'the outbox to run empty',
  )
  const committed = await rowsOf<Committed>(
    databases.scheduler.adminUrl,
    'select event_id as "eventId", topic, key, sequence::int as version, headers, body from outbox order by id',
  )
  const topics = [...new Set(committed.map(({ topic }) => topic))]
  const messages = await wholeTopics(kafka.brokers, topics)
  return [
    inTopic(committed, messages),
    inOrder(messages),
    await inTable(world, committed, acknowledged),
    await inReader(world, committed),
  ]
}

/** Commit ⇔ event: by id, and what is sent is what was committed. */
function inTopic(committed: readonly Committed[], messages: readonly RawMessage[]): string {
  const rows = new Map(committed.map((row) => [row.eventId, row]))
  const seen = new Set<string>()
  for (const message of messages) {
    const row = rows.get(message.headers.ce_id ?? '')
    assert.ok(row, `${at(message)} is in the topic and was never committed`)
    seen.add(row.eventId)
    assert.deepEqual(
      { topic: message.topic, key: message.key, headers: message.headers, body: message.body },
      { topic: row.topic, key: row.key, headers: row.headers, body: row.body },
      `${at(message)} is not as it was committed`,
    )
  }
  const lost = committed.filter(({ eventId }) => !seen.has(eventId))
  assert.equal(
    lost.length,
    0,
    `${lost.length} of ${committed.length} committed events are not in the topic, first: ${lost[0] && nameOf(lost[0])}`,
  )
  return `${committed.length} events committed, each in its topic as committed, nothing else there; ${messages.length - seen.size} repeats`
}

/** Of each key, first occurrences are versions 1, 2, 3 … */
function inOrder(messages: readonly RawMessage[]): string {
  const next = new Map<string, number>()
  for (const message of messages) {
    const key = `${message.topic} ${message.key}`
    const version = Number(message.headers.ce_sequence)
    const expected = next.get(key) ?? 1
    assert.ok(version <= expected, `${at(message)} is version ${version} where ${expected} was to come`)
    if (version === expected) next.set(key, expected + 1)
  }
  // Not a fault of order, but a compacted topic would keep an older state: a former leader's request that arrives late.
  const last = new Map(messages.map((message) => [`${message.topic} ${message.key}`, message]))
  const older = [...last].filter(([key, { headers }]) => Number(headers.ce_sequence) < next.get(key)! - 1)
  return `${next.size} keys, each in its order; the last message of ${older.length} of them is a repeat of an older version`
}

/** Nothing acknowledged is missing, nothing was done twice, and each commit has its event. */
async function inTable(
  { databases }: World,
  committed: readonly Committed[],
  acknowledged: readonly Acknowledged[],
): Promise<string> {
  const facts = new Map(
    committed
      .filter(({ topic }) => topic === 'patient.changed')
      .map((row) => [`${row.key} ${row.version}`, JSON.parse(row.body).name as string]),
  )
  for (const { patientId, version, mark } of acknowledged)
    assert.equal(facts.get(`${patientId} ${version}`), mark, `${mark} was acknowledged as version ${version}`)
  assert.equal(new Set(facts.values()).size, facts.size, 'an intention had its effect twice')
  const patients = await rowsOf<{ id: string; version: number; name: string }>(
    databases.scheduler.adminUrl,
    'select id, version::int, name from patient',
  )
  for (const { id, version, name } of patients)
    assert.equal(facts.get(`${id} ${version}`), name, `patient ${id} is at a version without its event`)
  const versions = patients.reduce((sum, { version }) => sum + version, 0)
  assert.equal(versions, facts.size, 'versions of patients and their events differ in number')
  return `${acknowledged.length} acknowledged writes on ${patients.length} patients, each there once`
}

/** Each effect once, each key's effects in order, and the same newest state. */
async function inReader({ databases }: World, committed: readonly Committed[]): Promise<string> {
  const url = databases.ehr.adminUrl
  const effects = () =>
    rowsOf<{ eventId: string }>(
      url,
      `select record_id as "eventId" from audit where action like 'react %' order by id`,
    )
  const arrived = async () => (await effects()).length >= committed.length
  await waitFor(arrived, QUIET_MS, `${committed.length} effects in the EHR`).catch(async (error: Error) => {
    const parked = await rowsOf<{ error: string }>(url, 'select error from parked limit 3')
    throw new Error(
      `${error.message}; there are ${(await effects()).length}; parked: ${JSON.stringify(parked)}`,
    )
  })
  const rows = new Map(committed.map((row) => [row.eventId, row]))
  const next = new Map<string, number>()
  for (const { eventId } of await effects()) {
    const row = rows.get(eventId)
    assert.ok(row, `an effect of ${eventId}, which was never committed`)
    const key = `${row.topic} ${row.key}`
    assert.equal(row.version, next.get(key) ?? 1, `${nameOf(row)} had its effect out of turn, or twice`)
    next.set(key, row.version + 1)
  }
  // What waited for the lock of a reader that died is taken off the list just after its effect.
  const noneParked = async () => (await rowsOf(url, 'select from parked')).length === 0
  await waitFor(noneParked, QUIET_MS, 'nothing to be parked')
  const taken = await rowsOf<{ n: number }>(url, 'select count(*)::int as n from inbox')
  assert.deepEqual(taken[0], { n: committed.length })
  const state = 'select id, version::int, name from'
  assert.deepEqual(
    await rowsOf(url, `${state} patient_replica order by id`),
    await rowsOf(databases.scheduler.adminUrl, `${state} patient order by id`),
    'the copies in the EHR are not the newest state',
  )
  return `${committed.length} effects in the EHR: each once, versions 1…n of each key in order, newest state the same`
}

const at = ({ topic, partition, offset, key, headers }: RawMessage) =>
  `${topic}[${partition}]@${offset} (key ${key}, version ${headers.ce_sequence}, id ${headers.ce_id})`
const nameOf = ({ topic, key, version }: Committed) => `${topic} ${key} version ${version}`
