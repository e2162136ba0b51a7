import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Api, type RunningService, testGround, waitFor } from '@praxisbus/testing'
import { effectsInEhr, patientsDelivered } from '../outage/delivered.ts'
import { patient, setUpPractice } from '../outage/patients.ts'
import { freeze } from '../outage/processes.ts'
import { type Site, withSite } from '../outage/site.ts'
import { rowsOf } from '../rows.ts'
import type { Scenario, Trial } from '../scenario.ts'
import { wholeTopics } from '../whole-topic.ts'

/** A member of a group that is silent for so long is put out. */
const SESSION_MS = 10_000
/** Longer than that, shorter than a statement may take. */
const SLOW_SECONDS = 12
const OTHERS_WITHIN_MS = 4_000

export default {
  name: 'slow-consumer',
  about:
    'A reaction takes longer than a session of its group, and a whole consumer stands still: other partitions and topics go on, nothing has two effects.',
  run: (trial) => withSite(testGround(), (site) => play(trial, site), 2),
} satisfies Scenario

async function play({ form, random, say }: Trial, site: Site): Promise<string[]> {
  const [scheduler, ...readers] = await Promise.all([
    site.start('scheduler'),
    ...[1, 2].map(() => site.start('ehr')),
  ])
  const desk = await site.api(scheduler)
  await setUpPractice(desk)
  await desk.post('/v1/patients', patient('First'))
  await patientsDelivered(site)
  await groupAtRest(readers)
  await makeSlow(site)
  const checked: string[] = []
  for (let round = 0; round < (form === 'long' ? 4 : 1); round++) {
    say(`a reaction takes ${SLOW_SECONDS} s`)
    checked.push(await slowReaction(site, desk, readers))
    say(checked.at(-1)!)
    const index = random.next(readers.length)
    const forMs = SESSION_MS + 2_500 + (form === 'long' ? random.next(15_000) : 0)
    say(`reader ${index + 1} stands still for ${forMs} ms`)
    checked.push(await standingStill(site, desk, readers[index]!, forMs))
    say(checked.at(-1)!)
  }
  return [
    ...checked,
    `${await patientsDelivered(site)} facts in the topic and in the EHR, once each, in order`,
  ]
}

async function makeSlow(site: Site): Promise<void> {
  const { adminUrl } = await site.database('ehr')
  await rowsOf(
    adminUrl,
    `create function be_slow() returns trigger language plpgsql as $$
     begin if new.name = 'Slow' then perform pg_sleep(${SLOW_SECONDS}); end if; return new; end $$`,
  )
  await rowsOf(
    adminUrl,
    'create trigger be_slow before insert or update on patient_replica for each row execute function be_slow()',
  )
}

async function slowReaction(site: Site, desk: Api, readers: readonly RunningService[]): Promise<string> {
  const rebalancesBefore = await rebalances(readers)
  const began = performance.now()
  const slow = await desk.post('/v1/patients', patient('Slow'))
  await sleep(300)
  let lag = 0
  while (performance.now() < began + (SLOW_SECONDS - OTHERS_WITHIN_MS / 1_000 - 1) * 1_000) {
    await desk.post('/v1/patients', patient('Quick'))
    await desk.post('/v1/practitioners', { name: 'Other topic', credentials: 'PhD' })
    lag = Math.max(lag, await lagOf('patient.changed', readers))
    await sleep(150)
  }
  const slowDone = () => effectAt(site, 'patient.changed', slow.body.patientId)
  assert.equal(await slowDone(), undefined, 'the slow reaction is still under way')
  await waitFor(slowDone, SLOW_SECONDS * 1_000, 'the slow reaction to be done', 100)
  const doneMs = performance.now() - began
  await patientsDelivered(site)
  const delays = await waitFor(
    async () => {
      const found = await delaysBeside(site, slow.body.patientId)
      return [...found.patients, ...found.practitioners].every(Number.isFinite) && found
    },
    20_000,
    'the effects of all that was told meanwhile',
    500,
  )
  assert.ok(delays.patients.length > 5 && delays.practitioners.length > 5, 'others were told meanwhile')
  const longest = Math.max(...delays.patients, ...delays.practitioners)
  assert.ok(longest < OTHERS_WITHIN_MS, `another partition waited ${longest.toFixed(0)} ms`)
  assert.ok(lag > 0, 'the lag is shown')
  assert.equal((await rebalances(readers)) - rebalancesBefore, 0, 'rebalances while a reaction is slow')
  return `done after ${(doneMs / 1000).toFixed(1)} s without a rebalance; other partitions and topics waited ${longest.toFixed(0)} ms at the longest; lag shown: ${lag}`
}

/** How long facts waited for their effect that were recorded since the slow one, in other partitions and in another topic. */
async function delaysBeside(
  site: Site,
  slowId: string,
): Promise<Record<'patients' | 'practitioners', number[]>> {
  const messages = await wholeTopics(site.brokers, [`${site.topicPrefix}patient.changed`])
  const blocked = messages.find(({ key }) => key === slowId)!.partition
  const partitionOf = new Map(messages.map(({ key, partition }) => [key, partition]))
  const { adminUrl } = await site.database('scheduler')
  const facts = await rowsOf<{ topic: string; key: string; event_id: string; recorded: number }>(
    adminUrl,
    `select topic, key, event_id, (extract(epoch from recorded_at) * 1000)::float8 as recorded from outbox
      where topic in ('patient.changed', 'practitioner.changed') and id > (select id from outbox where key = $1)`,
    [slowId],
  )
  const effects = await rowsOf<{ record_id: string; at: number }>(
    (await site.database('ehr')).adminUrl,
    `select record_id, (extract(epoch from at) * 1000)::float8 as at from audit where action like 'react %'`,
  )
  const at = new Map(effects.map((effect) => [effect.record_id, effect.at]))
  const waited = (topic: string) =>
    facts
      .filter(
        (fact) =>
          fact.topic === topic && (topic !== 'patient.changed' || partitionOf.get(fact.key) !== blocked),
      )
      .map(({ event_id, recorded }) => at.get(event_id)! - recorded)
  return { patients: waited('patient.changed'), practitioners: waited('practitioner.changed') }
}

async function effectAt(site: Site, topic: string, patientId: string): Promise<Date | undefined> {
  const [fact] = await rowsOf<{ event_id: string }>(
    (await site.database('scheduler')).adminUrl,
    'select event_id from outbox where topic = $1 and key = $2',
    [topic, patientId],
  )
  const [effect] = await rowsOf<{ at: Date }>(
    (await site.database('ehr')).adminUrl,
    'select at from audit where record_id = $1',
    [fact!.event_id],
  )
  return effect?.at
}

async function lagOf(topic: string, readers: readonly RunningService[]): Promise<number> {
  const pages = await Promise.all(
    readers.map(async ({ httpUrl }) => (await fetch(`${httpUrl}/metrics`)).text()),
  )
  const lines = pages
    .flatMap((page) => page.split('\n'))
    .filter((line) => line.startsWith('consumer_lag_messages{'))
  return lines
    .filter((line) => line.includes(`topic="${topic}"`))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

/** kafkajs says each time that it was told to join anew, or that it was put out. */
async function rebalances(readers: readonly RunningService[]): Promise<number> {
  const logs = await Promise.all(readers.map((reader) => reader.logs()))
  return logs.join('\n').match(/The group is rebalancing|not aware of this member/g)?.length ?? 0
}

/** Joining takes its members a round or two; they hear of each at a heartbeat, of which there is one a second. */
async function groupAtRest(readers: readonly RunningService[]): Promise<void> {
  let seen = -1
  await waitFor(
    async () => {
      const last = seen
      seen = await rebalances(readers)
      return seen === last
    },
    60_000,
    'the readers to have their partitions',
    3_000,
  )
}

async function standingStill(site: Site, desk: Api, reader: RunningService, forMs: number): Promise<string> {
  const before = await effectsInEhr(site)
  const goOn = await freeze(reader.pid)
  const until = performance.now() + forMs
  let sent = 0
  try {
    while (performance.now() < until) {
      sent++
      await desk.post('/v1/patients', patient(`Meanwhile ${sent}`))
      await sleep(100)
    }
    await waitFor(
      async () => (await effectsInEhr(site)) - before >= sent,
      SESSION_MS + 10_000,
      'the other reader to take all over',
      200,
    )
  } finally {
    await goOn()
  }
  await sleep(2_000)
  return `a reader stood still for ${(forMs / 1000).toFixed(1)} s: the other took ${sent} facts over`
}
