import assert from 'node:assert/strict'
import { waitFor } from '@praxisbus/testing'
import { rowsOf } from '../rows.ts'
import { wholeTopics } from '../whole-topic.ts'
import type { Site } from './site.ts'

interface Committed {
  readonly event_id: string
  readonly key: string
  readonly sequence: number
}

const committedFacts = async (site: Site, topic: string) =>
  rowsOf<Committed>(
    (await site.database('scheduler')).adminUrl,
    'select event_id, key, sequence::int from outbox where topic = $1 order by id',
    [topic],
  )

export const unsent = async (site: Site) => {
  const [row] = await rowsOf<{ n: number }>(
    (await site.database('scheduler')).adminUrl,
    'select count(*)::int as n from outbox where published_at is null',
  )
  return row!.n
}

export const effectsInEhr = async (site: Site) => {
  const [row] = await rowsOf<{ n: number }>(
    (await site.database('ehr')).adminUrl,
    `select count(*)::int as n from audit where action = 'react patient.changed'`,
  )
  return row!.n
}

/**
 * Once nothing waits in the outbox: what is committed in the scheduler about patients is in the topic and nothing else is, in
 * order per key once repeats are left out.
 */
async function patientsInTopic(site: Site, withinMs: number): Promise<Committed[]> {
  await waitFor(async () => (await unsent(site)) === 0, withinMs, 'the outbox to run empty', 200)
  const committed = await committedFacts(site, 'patient.changed')
  const messages = await wholeTopics(site.brokers, [`${site.topicPrefix}patient.changed`])
  const perKey = new Map<string, { ids: Set<string>; sequences: number[] }>()
  for (const { key, headers } of messages) {
    const found = perKey.get(key) ?? { ids: new Set(), sequences: [] }
    perKey.set(key, found)
    if (found.ids.has(headers.ce_id!)) continue
    found.ids.add(headers.ce_id!)
    found.sequences.push(Number(headers.ce_sequence))
  }
  const there = new Set([...perKey.values()].flatMap(({ ids }) => [...ids]))
  const missing = committed.filter(({ event_id }) => !there.has(event_id))
  assert.deepEqual(missing, [], 'committed, and not in the topic')
  assert.equal(there.size, committed.length, 'in the topic, and never committed')
  for (const [key, { sequences }] of perKey)
    assert.deepEqual(
      sequences,
      sequences.map((_, index) => index + 1),
      `order of ${key}`,
    )
  return committed
}

/**
 * All of it is in the topic, as above; each fact had its effect in the EHR once, which knows the newest state. Returns how many
 * there are.
 */
export async function patientsDelivered(site: Site, withinMs = 60_000): Promise<number> {
  const committed = await patientsInTopic(site, withinMs)
  await waitFor(
    async () => (await effectsInEhr(site)) >= committed.length,
    withinMs,
    'every effect in the EHR',
    200,
  )
  assert.equal(await effectsInEhr(site), committed.length, 'effects in the EHR')
  const copies = await rowsOf<{ id: string; version: number }>(
    (await site.database('ehr')).adminUrl,
    'select id, version::int from patient_replica',
  )
  const newest = new Map(committed.map(({ key, sequence }) => [key, sequence]))
  assert.deepEqual(new Map(copies.map(({ id, version }) => [id, version])), newest, 'newest state in the EHR')
  return committed.length
}

/** Each key has one patient, the one that was acknowledged, and each patient is told to the EHR once. */
export async function onceEach(site: Site, acknowledged: ReadonlyMap<string, string>): Promise<string> {
  const rows = await rowsOf<{ id: string; name: string }>(
    (await site.database('scheduler')).adminUrl,
    'select id, name from patient',
  )
  const byName = new Map(rows.map(({ id, name }) => [name, id]))
  for (const [key, id] of acknowledged)
    assert.equal(byName.get(`Patient ${key}`), id, 'what was acknowledged is there')
  assert.equal(rows.length, acknowledged.size, 'one patient for each key')
  const facts = await patientsDelivered(site)
  assert.equal(facts, acknowledged.size)
  return `${rows.length} patients for as many keys; ${facts} facts in the topic and in the EHR, once each`
}
