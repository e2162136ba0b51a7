import { afterEach, expect, test } from '@jest/globals'
import { startProxy, testGround } from '@praxisbus/testing'
import { Redis } from 'ioredis'
import { newId } from '../ids.ts'
import { openLog } from '../log.ts'
import type { Principal } from '../principal.ts'
import { type Limiter, openLimiter } from './limit.ts'
import type { HttpFault } from './problem.ts'

let limiter: Limiter
afterEach(() => limiter.close())

const open = async (service: string, url = testGround().redis.url) => {
  limiter = openLimiter(url, 2, service, openLog('test', 'silent'))
  while (!limiter.counting()) await new Promise((resolve) => setTimeout(resolve, 10))
}
const user = { practiceId: newId(), userId: 'somebody' } as Principal
const asked = () =>
  limiter.limit(user).then(
    () => 'let through',
    (fault: HttpFault) => Number(fault.headers['retry-after']),
  )

test('who asks too often is told how long to wait, a minute at the most', async () => {
  await open(newId())
  expect(await asked()).toBe('let through')
  expect(await asked()).toBe('let through')
  const seconds = await asked()
  expect(seconds).toBeGreaterThanOrEqual(1)
  expect(seconds).toBeLessThanOrEqual(60)
})

test('S-11 who asks for what costs more is held back sooner', async () => {
  await open(newId())
  await limiter.limit(user, 2)
  expect(await asked()).toBeGreaterThanOrEqual(1)
})

test('a clock of Redis that was set back by a day locks nobody out for a day', async () => {
  const service = newId()
  await open(service)
  for (let times = 0; times < 3; times++) await asked()
  const redis = new Redis(testGround().redis.url)
  expect(await redis.pexpire(`limit:${service}:${user.practiceId}:${user.userId}`, 86_400_000)).toBe(1)
  redis.disconnect()
  expect(await asked()).toBe('let through')
  expect(await asked()).toBe('let through')
})

test('P-04 nobody waits longer than 100 ms for a Redis that says nothing', async () => {
  const url = new URL(testGround().redis.url)
  const network = await startProxy({ targetPort: Number(url.port) })
  try {
    url.port = String(network.port)
    await open(newId(), url.href)
    for (let times = 0; times < 3; times++) await asked()
    network.trouble({ swallowAnswers: true })
    const began = performance.now()
    // More than may pass in a minute: who cannot be counted is not held back.
    expect(await Promise.all([asked(), asked(), asked()])).toEqual(Array(3).fill('let through'))
    const ms = performance.now() - began
    // The upper bound is for a busy machine, and below the 400 ms after which a silent connection is given up.
    expect(ms).toBeGreaterThan(90)
    expect(ms).toBeLessThan(300)
  } finally {
    await limiter.close()
    await network.stop()
  }
})
