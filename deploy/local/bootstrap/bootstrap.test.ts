import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { staleReason } from './install.mjs'
import { lookUp, NODE, ROOT } from './machine.mjs'
import { javaMajor, missing } from './preflight.mjs'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'praxisbus-bootstrap-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

type Packages = Record<string, { version?: string; integrity?: string; optional?: boolean }>

function lock(packages: Packages): void {
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...packages } }))
}

function installed(packages: Packages): void {
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages }))
}

const pg = { version: '8.0.0', integrity: 'sha512-a' }

describe('P-08 what has to be installed', () => {
  test('P-08 everything, where nothing is there, or an installation was cut short', () => {
    lock({ 'node_modules/pg': pg })
    expect(staleReason(root)).toBe('there are none yet')
    mkdirSync(join(root, 'node_modules'))
    expect(staleReason(root)).toBe('an earlier installation was cut short')
  })

  test('P-08 nothing, where the lock file is followed, also by an npm install of a person', () => {
    lock({ 'node_modules/pg': pg, 'node_modules/other-platform': { version: '1.0.0', optional: true } })
    installed({ 'node_modules/pg': pg })
    expect(staleReason(root)).toBeUndefined()
  })

  test('P-08 again, after the lock file has changed', () => {
    lock({ 'node_modules/pg': pg })
    installed({ 'node_modules/pg': pg })
    expect(staleReason(root)).toBeUndefined()
    lock({ 'node_modules/pg': { ...pg, version: '8.0.1' } })
    expect(staleReason(root)).toBe('package-lock.json has changed')
    lock({ 'node_modules/pg': pg, 'libs/new': { version: '0.1.0' } })
    expect(staleReason(root)).toBe('package-lock.json has changed')
  })
})

describe('P-08 what a machine lacks', () => {
  const has =
    (...commands: string[]) =>
    async (command: string) =>
      commands.includes(command) ? 'openjdk version "17.0.1"' : undefined

  test('P-08 is said all at once, each with its cure', async () => {
    const lacking = await missing('start', [], { JAVA_HOME: '/no/jdk' }, has('npm'))
    const text = lacking.map(({ what, cure }) => `${what}: ${cure}`).join('\n')
    expect(text).toContain(
      'JDK 17 or newer, for Kafka: Debian, Ubuntu: apt-get install openjdk-17-jdk-headless',
    )
  })

  test('P-08 an old Java is named', async () => {
    const old = async (command: string) => (command === 'java' ? 'java version "1.8.0_402"' : 'yes')
    const lacking = await missing('start', [], {}, old)
    expect(lacking.map(({ what }) => what)).toEqual(['JDK 17 or newer for Kafka (java is 8)'])
  })

  test('P-08 nothing is asked that is not needed', async () => {
    const own = { KAFKA_BROKERS: 'kafka:9092', REDIS_URL: 'redis://redis' }
    expect(await missing('start', [], own, has('npm'))).toEqual([])
    expect(await missing('start', ['--help'], {}, has('npm'))).toEqual([])
    expect(await missing('doctor', [], {}, has('npm'))).toEqual([])
    expect(await missing('test', [], { PRAXISBUS_GROUND: 'containers' }, has('npm'))).toEqual([])
  })

  test('P-08 reads versions as javas print them', () => {
    expect(javaMajor('openjdk version "17.0.15" 2025-04-15')).toBe(17)
    expect(javaMajor('java version "1.8.0_402"')).toBe(8)
    expect(javaMajor('openjdk 21')).toBeUndefined()
  })

  test("P-08 the project's own Node is there, whatever the machine has", async () => {
    expect(await lookUp(NODE, ['--version'])).toMatch(/^v26\./)
    expect(await lookUp(join(ROOT, 'no-such-program'), [])).toBeUndefined()
  })
})
