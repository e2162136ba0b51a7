import { afterEach, describe, expect, test } from '@jest/globals'
import { type Desk, openDesk, testGround } from '@praxisbus/testing'
import { ConfigError, loadConfig, serviceSettings } from '../config.ts'
import { newId } from '../ids.ts'
import { openLog } from '../log.ts'
import { type Limiter, openLimiter } from './limit.ts'
import { page } from './route.ts'

const leaf = page({
  endpoint: 'GET /leaf/:token',
  access: 'link',
  summary: 'A leaf',
  find: async () => undefined,
  run: async () => ({ status: 200, html: '' }),
  missing: { status: 404, html: '' },
  away: { status: 503, html: '' },
})

/** A page costs 20 requests of an address, so this many are two pages. */
const TWO_PAGES = 40
let desk: Desk
let limiter: Limiter
async function open(trustedProxies: number) {
  limiter = openLimiter(testGround().redis.url, TWO_PAGES, newId(), openLog('test', 'silent'))
  while (!limiter.counting()) await new Promise((resolve) => setTimeout(resolve, 10))
  desk = await openDesk('ehr', { routes: [leaf], reactions: [] }, { limit: limiter.limit, trustedProxies })
}
afterEach(async () => {
  await desk.close()
  await limiter.close()
})

/** The last of these is the one that the proxy next to the service wrote; what stands before it came from further away. */
async function ask(...forwarded: string[]) {
  const headers: Record<string, string> =
    forwarded.length > 0 ? { 'x-forwarded-for': forwarded.join(', ') } : {}
  return (await fetch(`${desk.url}/leaf/${'x'.repeat(30)}`, { headers })).status
}

describe('whose address counts for a page without a sign-in', () => {
  test('P-06 S-11 without a proxy X-Forwarded-For is ignored: nobody gets another count by naming another address', async () => {
    await open(0)
    expect([await ask('203.0.113.1'), await ask('203.0.113.2')]).toEqual([404, 404])
    for (const address of ['203.0.113.3', '127.0.0.1', '::1', 'nonsense'])
      expect(await ask(address)).toBe(429)
    expect(await ask()).toBe(429)
  })

  test('P-06 S-11 behind one proxy each patient has a count of their own, by the address that the proxy saw', async () => {
    await open(1)
    expect([await ask('203.0.113.1'), await ask('203.0.113.1'), await ask('203.0.113.1')]).toEqual([
      404, 404, 429,
    ])
    expect(await ask('203.0.113.2')).toBe(404)
  })

  test('P-06 S-11 what a caller wrote before it is not believed', async () => {
    await open(1)
    const spoofed = (name: string) => ask(name, '203.0.113.1')
    expect([await spoofed('198.51.100.1'), await spoofed('198.51.100.2')]).toEqual([404, 404])
    expect(await spoofed('198.51.100.3')).toBe(429)
    expect(await ask('198.51.100.4', '198.51.100.5', '203.0.113.1')).toBe(429)
  })

  test('P-06 S-11 behind two it is the one that the outer proxy saw', async () => {
    await open(2)
    const through = (...before: string[]) => ask(...before, '10.0.0.7')
    expect([await through('203.0.113.1'), await through('203.0.113.1')]).toEqual([404, 404])
    expect(await through('198.51.100.1', '203.0.113.1')).toBe(429)
    expect(await through('203.0.113.2')).toBe(404)
  })

  test('P-04 the setting is a number of proxies, 0 unless it is said', async () => {
    await open(0)
    const read = (value?: string) =>
      loadConfig({ TRUSTED_PROXIES: serviceSettings.TRUSTED_PROXIES }, { TRUSTED_PROXIES: value })
    expect([read(), read(''), read('2')]).toEqual([0, 0, 2].map((TRUSTED_PROXIES) => ({ TRUSTED_PROXIES })))
    for (const wrong of ['true', '-1', '11', 'loopback', '1.5'])
      expect(() => read(wrong)).toThrow(ConfigError)
  })
})
