import { randomBytes } from 'node:crypto'
import { parseEnv } from 'node:util'
import { SERVICES } from '@praxisbus/contracts/services.ts'
import { UsageError } from '../command-line.ts'

/** Every secret of an installation, by its name in `.env`, with what it is for. */
export const SECRETS: Readonly<Record<string, string>> = {
  POSTGRES_PASSWORD: 'superuser of PostgreSQL; no part of Praxisbus uses it',
  OWNER_PASSWORD: 'login praxisbus_owner, which the migration alone uses',
  ...Object.fromEntries(
    SERVICES.flatMap((service) => [
      [`APP_PASSWORD_${service.toUpperCase()}`, `login ${service}_app`],
      [`RELAY_PASSWORD_${service.toUpperCase()}`, `login ${service}_relay`],
    ]),
  ),
  REDIS_PASSWORD: 'of every service',
  GRAFANA_PASSWORD: 'user admin of Grafana',
  TRIAL_COOKIE_KEY: 'of the development sign-in',
}

export type Values = Readonly<Record<string, string>>

const RANDOM_BYTES = 24
const SHORTEST = 12

/** 192 bits in characters that mean nothing to a shell, a URL or SQL. */
export const randomSecret = (): string => randomBytes(RANDOM_BYTES).toString('base64url')

/**
 * The text of an env file with every secret in it, and their values. What is there stays as it is, comments and other
 * settings too; a secret that is missing or empty takes the value that was `known`, else a new one. Refuses (UsageError) what
 * is no secret, all faults at once.
 */
export function completed(
  text: string,
  known: Values,
  make: () => string = randomSecret,
): { text: string; values: Values; added: string[] } {
  const present = parseEnv(text)
  const names = Object.keys(SECRETS)
  refuseWeak(names.flatMap((name) => (present[name] ? [[name, present[name]] as const] : [])))
  const added = names.filter((name) => !present[name])
  const values = Object.fromEntries(names.map((name) => [name, present[name] || known[name] || make()]))
  const kept = text
    .split('\n')
    .filter((line) => !added.some((name) => new RegExp(`^\\s*(export\\s+)?${name}\\s*=`).test(line)))
  const lines = added.map((name) => `${name}=${values[name]}`)
  if (lines.length === 0) return { text, values, added }
  return { text: `${[kept.join('\n').trimEnd(), ...lines].filter(Boolean).join('\n')}\n`, values, added }
}

function refuseWeak(given: readonly (readonly [name: string, value: string])[]): void {
  const faults = given.flatMap(([name, value]) => {
    if (value.length < SHORTEST) return [`${name} has fewer than ${SHORTEST} characters`]
    return /[^\x20-\x7e]/.test(value) ? [`${name} has a character that is not printable ASCII`] : []
  })
  if (faults.length > 0)
    throw new UsageError(`${faults.join('; ')}. Leave a secret empty to have a strong one made.`)
}

/** For `node --env-file`, which takes what stands between quotes as it is. No value has a line break. */
export function envLines(settings: Values): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${quoted(name, value)}\n`)
    .join('')
}

function quoted(name: string, value: string): string {
  const quote = ["'", '"', '`'].find((mark) => !value.includes(mark))
  if (!quote) throw new UsageError(`${name} has all three kinds of quotes; leave one out.`)
  return quote + value + quote
}
