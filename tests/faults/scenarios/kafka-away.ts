import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { type KafkaServer, waitFor } from '@praxisbus/testing'
import { effectsInEhr, patientsDelivered, unsent } from '../outage/delivered.ts'
import { startEditing } from '../outage/editing.ts'
import { type Asked, latency, shown, watchLateness } from '../outage/load.ts'
import { readiness, setUpPractice } from '../outage/patients.ts'
import { type Site, withOwnGround, withSite } from '../outage/site.ts'
import type { Scenario, Trial } from '../scenario.ts'

const FORMS = {
  short: { awayMs: 5_000, drainedWithinMs: 60_000, backlog: 0, workers: 6, patients: 4, pauseMs: 15 },
  long: {
    awayMs: 600_000,
    drainedWithinMs: 300_000,
    backlog: 100_000,
    workers: 12,
    patients: 16,
    pauseMs: 45,
  },
}

export default {
  name: 'kafka-away',
  about:
    'Kafka is killed while people work: commands go on as fast, the service stays ready and says what it misses, and the backlog drains within 5 minutes, in order.',
  run: (trial) =>
    withOwnGround((ground) => withSite(ground, (site) => play(trial, site, ground.kafkaServer))),
} satisfies Scenario

async function play({ form, say }: Trial, site: Site, kafka: KafkaServer): Promise<string[]> {
  const { awayMs, drainedWithinMs, backlog, ...load } = FORMS[form]
  const [scheduler] = await Promise.all([site.start('scheduler'), site.start('ehr')])
  const desk = await site.api(scheduler)
  await setUpPractice(desk)
  const editing = await startEditing(desk, load)
  await sleep(form === 'long' ? 20_000 : 3_000)
  const machine = watchLateness()
  const from = performance.now()
  say('kill -9 of Kafka')
  await kafka.kill9()
  await waitFor(
    async () => (await readiness(scheduler)).degraded.includes('kafka'),
    30_000,
    'the scheduler to miss Kafka',
  )
  const toldMs = performance.now() - from
  assert.equal((await readiness(scheduler)).status, 200, 'ready without Kafka')
  let waiting = await unsent(site)
  while (performance.now() < from + awayMs || waiting < backlog) {
    await sleep(1_000)
    if (performance.now() > from + 2 * awayMs) break
    waiting = await unsent(site)
  }
  assert.ok(waiting > backlog, `only ${waiting} events waited`)
  say(`${waiting} events wait; Kafka comes back`)
  const all = await editing.stop()
  const lateMs = machine.stop()
  await kafka.restart()
  const back = performance.now()
  const within = drainedWithinMs
  const drained = async () => (await unsent(site)) === 0
  const drainedMs = await measured(back, within, drained, 'the backlog to drain')
  const committed = all.filter(({ status }) => status === 200).length
  const taken = async () => (await effectsInEhr(site)) >= committed
  const takenMs = await measured(back, within, taken, 'the EHR to have taken it').catch(async (error) => {
    // Says so where it never went out.
    await patientsDelivered(site, 1_000)
    throw error
  })
  await waitFor(
    async () => (await readiness(scheduler)).degraded.length === 0,
    10_000,
    'the scheduler to miss nothing',
  )
  const facts = await patientsDelivered(site, within)
  return [
    ...compare(all, { from, until: from + awayMs, lateMs }),
    `degraded after ${toldMs.toFixed(0)} ms, ready throughout`,
    `${waiting} events left the outbox within ${(drainedMs / 1000).toFixed(1)} s of Kafka's return, were taken by the EHR within ${(takenMs / 1000).toFixed(1)} s`,
    `${facts} facts in the topic and in the EHR, once each, in order`,
  ]
}

/** Milliseconds since `from`. */
async function measured(
  from: number,
  withinMs: number,
  done: () => Promise<boolean>,
  what: string,
): Promise<number> {
  await waitFor(done, withinMs, what, 200)
  const ms = performance.now() - from
  assert.ok(ms < withinMs, `${what} took ${ms.toFixed(0)} ms`)
  return ms
}

/**
 * The bounds leave room for a machine that does other things too; the figures are what to look at. The service is as late as this
 * process, and each of the two once on the way of an answer.
 */
function compare(
  all: readonly Asked[],
  { from, until, lateMs }: { from: number; until: number; lateMs: number },
): string[] {
  assert.deepEqual(
    all.filter(({ status }) => status !== 200).map(({ status }) => status),
    [],
    'every command was done',
  )
  const before = all.filter(({ at }) => at < from)
  const away = all.filter(({ at }) => at >= from && at < until)
  const [usual, without] = [latency(before), latency(away)]
  assert.ok(without.p50 < 2 * usual.p50 + 10, `p50 ${without.p50} ms, with Kafka ${usual.p50} ms`)
  assert.ok(
    without.p99 < 3 * usual.p99 + 50 + 2 * lateMs,
    `p99 ${without.p99} ms, with Kafka ${usual.p99} ms`,
  )
  return [`with Kafka: ${shown(before)}`, `without: ${shown(away)}`]
}
