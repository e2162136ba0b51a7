import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { freePort, testFolder } from '@praxisbus/testing'
import { isPortFree } from '@praxisbus/testing/ground/ports.ts'

const START = fileURLToPath(new URL('../../deploy/local/start.ts', import.meta.url))
/** From the base: issuer, HTTP, SMTP, Google, PostgreSQL, Redis, Kafka, gRPC (docs/running-locally.md). */
const OFFSETS = [0, 1, 2, 3, 4, 25, 31, 32, 43, 79, 92, 101, 102, 103, 104]

interface Figure {
  readonly key: string
  readonly read: number
  readonly done: number
  readonly agrees: boolean
}
interface Result {
  readonly ok: boolean
  readonly error?: string
  readonly day: {
    readonly agrees: boolean
    readonly figures: Figure[]
    readonly leftOut: string[]
    readonly refusedDeletions: { readonly code: string }[]
  }
}

let home: string
let portBase: number

beforeAll(async () => {
  home = join(await testFolder('home'), 'praxisbus')
  do portBase = await freePort()
  while (!(await Promise.all(OFFSETS.map((offset) => isPortFree(portBase + offset)))).every(Boolean))
})

/** A day as `npm start -- --once --json` plays it, with servers of its own. */
function playDay(...args: string[]): Promise<{ code: number; result: Result; said: string }> {
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, PRAXISBUS_HOME: home, PRAXISBUS_PORT_BASE: String(portBase) }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--disable-warning=TimeoutNegativeWarning', START, '--once', '--json', ...args],
      { env },
      (error, out, said) =>
        resolve({ code: error ? Number(error.code) : 0, result: JSON.parse(out || '{}') as Result, said }),
    )
  })
}

describe('npm start (P-08)', () => {
  test('P-08 a day at a practice runs through real servers, and every figure read back agrees; a second start doubles nothing', async () => {
    const first = await playDay()
    expect([first.code, first.result.error]).toEqual([0, undefined])
    expect(first.result.day.figures.filter(({ agrees }) => !agrees)).toEqual([])
    const read = new Map(first.result.day.figures.map(({ key, read: value }) => [key, value]))
    expect(read.size).toBeGreaterThanOrEqual(20)
    for (const value of read.values()) expect(value).not.toBeNaN()
    expect(first.result.day.leftOut).toEqual([])
    const ahead = { waited: 1, reminded: 1, confirmed: 1, delivered: 2, fromGoogle: 1 }
    expect(Object.fromEntries(read)).toMatchObject(ahead)
    expect(read.get('inGoogle')).toBeGreaterThan(5)
    expect(first.result.day.refusedDeletions).toEqual([expect.objectContaining({ code: 'payment_applied' })])

    const second = await playDay()
    expect(second.code).toBe(0)
    expect(new Map(second.result.day.figures.map(({ key, read: value }) => [key, value]))).toEqual(read)
  }, 240_000)

  test('P-08 a practice folder with faults is refused before anything starts, with what is wrong in it', async () => {
    const { code, result, said } = await playDay('--practice', fileURLToPath(new URL('.', import.meta.url)))
    expect(code).not.toBe(0)
    expect(result).toMatchObject({ ok: false, error: expect.stringContaining('practice.json') })
    expect(said).not.toContain('PostgreSQL')
  })
})
