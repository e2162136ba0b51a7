import assert from 'node:assert/strict'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Api,
  type RunningService,
  startRedis,
  testFolder,
  testGround,
  waitFor,
} from '@praxisbus/testing'
import { effectsInEhr, patientsDelivered, unsent } from '../outage/delivered.ts'
import { startEditing } from '../outage/editing.ts'
import { type FakeClock, findFaketime, openClock } from '../outage/faketime.ts'
import { shown } from '../outage/load.ts'
import { patient, setUpPractice } from '../outage/patients.ts'
import { cpuMs } from '../outage/processes.ts'
import { type Site, withSite } from '../outage/site.ts'
import { rowsOf } from '../rows.ts'
import type { Scenario, Trial } from '../scenario.ts'

const HOUR_S = 3_600
const DAY_S = 86_400
/** Longer than a group waits for a member's heartbeat. An offset that is committed counts as one, so nothing may happen meanwhile. */
const LONGER_THAN_SESSION_MS = 12_500
/** A member whose request to join ran into the jump is waited for by its group (20 s) before it joins anew. */
const FLOWS_WITHIN_MS = 30_000
const FEW_PER_MINUTE = 20

export default {
  name: 'clock',
  about:
    'The clock of services and Redis jumps an hour and a day ahead and back under load: nothing is lost, doubled or reordered, nobody is locked out, nothing stalls or spins.',
  run: async (trial) => {
    const library = await findFaketime()
    if (!library) return ['not checked: libfaketime is not installed (Debian: faketime)']
    const clock = await openClock(library, await testFolder('clock'))
    const redis = await redisOn(clock)
    try {
      const ground = { ...testGround(), redis: { url: redis.url } }
      return await withSite(ground, (site) => play(trial, site, clock), 2)
    } finally {
      await redis.stop()
    }
  },
} satisfies Scenario

/** It takes this process's environment. */
async function redisOn(clock: FakeClock) {
  const before = Object.keys(clock.env).map((name) => [name, process.env[name]] as const)
  Object.assign(process.env, clock.env)
  try {
    return await startRedis({ dataDir: join(await testFolder('redis'), 'data') })
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}

async function play({ form, random, say }: Trial, site: Site, clock: FakeClock): Promise<string[]> {
  const [scheduler, strict, ehr] = await Promise.all([
    site.start('scheduler', clock.env),
    site.start('scheduler', { ...clock.env, RATE_LIMIT_PER_MINUTE: String(FEW_PER_MINUTE) }),
    site.start('ehr', clock.env),
  ])
  const desk = await site.api(scheduler)
  const limited = await site.api(strict)
  const brief = desk.withToken(await site.token({ expiresInSeconds: 1_800 }))
  await setUpPractice(desk)
  const kept = await desk.post('/v1/patients', patient('Kept'), { idempotencyKey: 'kept' })
  const editing = await startEditing(desk, { workers: 3, patients: 4, pauseMs: 40 })
  await flows(site)
  const jumps = form === 'long' ? [HOUR_S, DAY_S, -HOUR_S, -DAY_S, 7 * HOUR_S] : [HOUR_S, DAY_S]
  const checked: string[] = []
  for (const seconds of random.shuffled(jumps)) {
    for (const to of [seconds, 0]) {
      const back = to < seconds || (to === seconds && seconds < 0)
      await usedUp(limited)
      const expired = to >= HOUR_S
      say(`the clock jumps to ${to / HOUR_S} h`)
      await clock.move(to)
      if (back && (form === 'long' || seconds === DAY_S)) await editing.rest(LONGER_THAN_SESSION_MS)
      else await sleep(1_500)
      assert.equal((await brief.get('/v1/practice')).status, expired ? 401 : 200, 'a token of 30 minutes')
      await stillTheSame(desk, kept.body)
      await notLockedOut(limited)
      checked.push(`to ${to / HOUR_S} h: ${await flows(site)}`)
      say(checked.at(-1)!)
    }
  }
  const all = await editing.stop()
  assert.deepEqual(
    all.filter(({ status }) => status !== 200).map(({ status }) => status),
    [],
    'every command was done',
  )
  await flows(site)
  const facts = await patientsDelivered(site)
  await keptAnswers(site)
  return [
    ...checked,
    shown(all),
    `${facts} facts in the topic and in the EHR, once each, in order; kept answers are there; a token ran out and came back by the clock`,
    await atRest([scheduler, strict, ehr]),
    await fewRebalances([ehr]),
  ]
}

/** What was recorded up to now has left the outbox and had its effect. */
async function flows(site: Site): Promise<string> {
  const began = performance.now()
  const [row] = await rowsOf<{ n: number }>(
    (await site.database('scheduler')).adminUrl,
    `select count(*)::int as n from outbox where topic = 'patient.changed'`,
  )
  const done = async () => (await effectsInEhr(site)) >= row!.n
  await waitFor(done, FLOWS_WITHIN_MS, 'facts to reach the EHR', 50)
  return `${row!.n} facts so far had reached the EHR ${(performance.now() - began).toFixed(0)} ms later, ${await unsent(site)} newer ones wait`
}

async function stillTheSame(desk: Api, body: unknown): Promise<void> {
  const again = await desk.post('/v1/patients', patient('Kept'), { idempotencyKey: 'kept' })
  assert.equal(again.headers.get('idempotency-replayed'), 'true')
  assert.deepEqual(again.body, body)
}

async function usedUp(limited: Api): Promise<void> {
  for (let asked = 0; asked < 3 * FEW_PER_MINUTE; asked++)
    if ((await limited.get('/v1/practice')).status === 429) return
  assert.fail('the limit does not count')
}

/** Let through, or told to wait for the rest of a minute. */
async function notLockedOut(limited: Api): Promise<void> {
  const { status, headers } = await limited.get('/v1/practice')
  const seconds = Number(headers.get('retry-after') ?? 0)
  assert.ok(
    status === 200 || (status === 429 && seconds <= 60),
    `${status}, to come again after ${seconds} s`,
  )
}

async function keptAnswers(site: Site): Promise<void> {
  const { adminUrl } = await site.database('scheduler')
  const [row] = await rowsOf<{ n: number }>(
    adminUrl,
    `select count(*)::int as n from idempotency where key = 'kept'`,
  )
  assert.equal(row!.n, 1)
}

/** A timer that went negative would take a whole core. */
async function atRest(services: readonly RunningService[]): Promise<string> {
  await sleep(500)
  const before = await Promise.all(services.map(({ pid }) => cpuMs(pid)))
  await sleep(2_000)
  const used = await Promise.all(services.map(async ({ pid }, index) => (await cpuMs(pid)) - before[index]!))
  for (const [index, ms] of used.entries())
    assert.ok(ms < 1_000, `${services[index]!.name} used ${ms} ms of CPU in 2 s at rest`)
  return `at rest the processes used ${used.join(', ')} ms of CPU in 2 s`
}

/** A clock set back makes a reader begin anew once; it is never put out of its group for want of heartbeats. */
async function fewRebalances(readers: readonly RunningService[]): Promise<string> {
  const logs = (await Promise.all(readers.map((reader) => reader.logs()))).join('\n')
  const putOut = logs.match(/not aware of this member/g)?.length ?? 0
  assert.equal(putOut, 0, 'a reader was put out of its group')
  return 'no reader was put out of its group'
}
