import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Api, type RedisServer, type RunningService, waitFor } from '@praxisbus/testing'
import { Redis } from 'ioredis'
import { keepAsking, latency, shown } from '../outage/load.ts'
import { readiness, setUpPractice } from '../outage/patients.ts'
import { freeze } from '../outage/processes.ts'
import { type Site, withOwnGround, withSite } from '../outage/site.ts'
import type { Scenario, Trial } from '../scenario.ts'

/** A look-up waits so long for Redis at the most; the rest is what a request takes anyhow on a busy machine. */
const LONGEST_MS = 100 + 400
const FEW_PER_MINUTE = 20

type Trouble = 'flush' | 'kill -9' | 'freeze'
const TROUBLES: readonly Trouble[] = ['flush', 'kill -9', 'freeze']

export default {
  name: 'redis-away',
  about:
    'Redis is flushed, killed and frozen under load: everything works, nobody waits for it, and limits count again afterwards.',
  run: (trial) =>
    withOwnGround((ground) => withSite(ground, (site) => play(trial, site, ground.redisServer), 2)),
} satisfies Scenario

async function play({ form, random, say }: Trial, site: Site, redis: RedisServer): Promise<string[]> {
  const [open, strict] = await Promise.all([
    site.start('scheduler'),
    site.start('scheduler', { RATE_LIMIT_PER_MINUTE: String(FEW_PER_MINUTE) }),
  ])
  const desk = await site.api(open)
  await setUpPractice(desk)
  const checked: string[] = []
  for (let round = 0; round < (form === 'long' ? 5 : 1); round++) {
    for (const trouble of random.shuffled(TROUBLES)) {
      const awayMs = form === 'long' ? 1_000 + random.next(15_000) : 1_500
      say(`${trouble} for ${awayMs} ms`)
      await heldBack(await site.api(strict))
      const load = keepAsking(4, 10, () => desk.get('/v1/practice'))
      await sleep(700)
      const from = performance.now()
      const undo = await begin(trouble, redis)
      const told = await whileAway(trouble, open, await site.api(strict), awayMs).finally(undo)
      const back = performance.now()
      for (const service of [open, strict])
        await waitFor(
          async () => (await readiness(service)).degraded.length === 0,
          10_000,
          'Redis to be found again',
        )
      const all = await load.stop()
      const away = all.filter(({ at }) => at >= from && at < back)
      assert.deepEqual(
        all.filter(({ status }) => status !== 200).map(({ status }) => status),
        [],
      )
      assert.ok(latency(away).max < LONGEST_MS, `${trouble}: ${shown(away)}`)
      const before = all.filter(({ at }) => at < from)
      checked.push(`${trouble}: ${shown(away)} (before: ${shown(before)})${told ? `; ${told}` : ''}`)
      say(checked.at(-1)!)
    }
  }
  await heldBack(await site.api(strict))
  checked.push('limits count again')
  return checked
}

async function begin(trouble: Trouble, redis: RedisServer): Promise<() => Promise<void>> {
  if (trouble === 'freeze') return freeze(redis.pid)
  if (trouble === 'kill -9') {
    await redis.kill9()
    return redis.restart
  }
  const client = new Redis(redis.url)
  await client.flushall()
  await client.script('FLUSH')
  client.disconnect()
  return async () => undefined
}

/** Whoever asks too often is told so: the counters work. They may have begun a minute that is nearly over. */
async function heldBack(user: Api): Promise<void> {
  for (let asked = 0; asked < 3 * FEW_PER_MINUTE; asked++) {
    const { status, headers } = await user.get('/v1/practice')
    if (status === 200) continue
    assert.equal(status, 429)
    const seconds = Number(headers.get('retry-after'))
    assert.ok(seconds >= 1 && seconds <= 60, `Retry-After ${seconds}`)
    return
  }
  assert.fail(`${3 * FEW_PER_MINUTE} requests were let through, though ${FEW_PER_MINUTE} a minute may pass`)
}

async function whileAway(
  trouble: Trouble,
  service: RunningService,
  limited: Api,
  awayMs: number,
): Promise<string | undefined> {
  if (trouble === 'flush') return void (await sleep(awayMs))
  const began = performance.now()
  const state = await waitFor(
    async () => {
      const found = await readiness(service)
      return found.degraded.includes('redis') && found
    },
    3_000,
    'the scheduler to miss Redis',
  )
  const ms = performance.now() - began
  assert.equal(state.status, 200, 'ready without Redis')
  const { status } = await limited.get('/v1/practice')
  assert.equal(status, 200, 'nobody is held back without Redis')
  await sleep(awayMs)
  return `degraded after ${ms.toFixed(0)} ms`
}
