import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { SERVICES, type ServiceName } from '@praxisbus/contracts/services.ts'
import { writeWhole } from '@praxisbus/testing/ground/whole-file.ts'
import { ROOT } from './bootstrap/machine.mjs'
import { UsageFault } from './fault.ts'

export { ROOT, SERVICES, type ServiceName }

/** Where a local run keeps its things: data between runs, logs, secrets. One run at a time uses a home. */
export interface Home {
  readonly folder: string
  readonly data: string
  readonly logs: string
  /** Each email of the development mail server becomes a file here. */
  readonly mail: string
  readonly ports: Ports
}

export interface Ports {
  readonly issuer: number
  readonly smtp: number
  readonly paymentPartner: number
  readonly google: number
  readonly postgres: number
  readonly redis: number
  readonly kafka: number
  readonly http: Readonly<Record<ServiceName, number>>
  readonly grpc: Readonly<Record<ServiceName, number>>
}

const DEFAULT_PORT_BASE = 4100
const HTTP_OFFSET = 1
const GRPC_OFFSET = 101
const HIGHEST_OFFSET = GRPC_OFFSET + SERVICES.length - 1

/** `PRAXISBUS_HOME` and `PRAXISBUS_PORT_BASE` move a run elsewhere, so that a second one can stand beside the first. */
export function homeFrom(env: Readonly<Record<string, string | undefined>>): Home {
  const folder = resolve(env.PRAXISBUS_HOME || join(ROOT, '.praxisbus'))
  const base = Number(env.PRAXISBUS_PORT_BASE || DEFAULT_PORT_BASE)
  if (!Number.isInteger(base) || base < 1_024 || base + HIGHEST_OFFSET > 65_535) {
    throw new UsageFault(
      `PRAXISBUS_PORT_BASE is ${env.PRAXISBUS_PORT_BASE}; it must be a whole number from 1024 to ${65_535 - HIGHEST_OFFSET}.`,
      'Leave it out for 4100.',
    )
  }
  const data = join(folder, 'data')
  return { folder, data, logs: join(folder, 'logs'), mail: join(data, 'mail'), ports: portsFrom(base) }
}

/** Offsets one can remember: 25 as in SMTP, 31 as the days of a month, 32 as in 5432, 43 as in 443, 79 as in 6379, 92 as in 9092. */
function portsFrom(base: number): Ports {
  const each = (first: number) =>
    Object.fromEntries(SERVICES.map((name, index) => [name, first + index])) as Record<ServiceName, number>
  return {
    issuer: base,
    smtp: base + 25,
    google: base + 31,
    postgres: base + 32,
    paymentPartner: base + 43,
    redis: base + 79,
    kafka: base + 92,
    http: each(base + HTTP_OFFSET),
    grpc: each(base + GRPC_OFFSET),
  }
}

/** Random text by name, made once and readable by its owner alone. */
export type Secret = (name: string) => string

export function openSecrets(home: Home): Secret {
  const file = join(home.folder, 'secrets.json')
  mkdirSync(home.folder, { recursive: true })
  const known: Record<string, string> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  return (name) => {
    if (known[name] === undefined) {
      known[name] = randomBytes(24).toString('base64url')
      writeWhole(file, `${JSON.stringify(known, null, 2)}\n`)
    }
    return known[name]
  }
}
