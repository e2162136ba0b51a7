import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServiceName } from '@praxisbus/contracts'
import { parse } from 'yaml'

export const ROOT = join(import.meta.dirname, '../..')

/** What a test asks of a service of the compose file. */
export interface ComposeService {
  readonly image: string
  readonly build?: { readonly target: string }
  readonly pull_policy?: string
  readonly restart: string
  readonly profiles?: readonly string[]
  readonly read_only?: boolean
  readonly privileged?: boolean
  readonly network_mode?: string
  readonly networks?: readonly string[]
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly logging?: object
  readonly healthcheck?: { readonly test?: unknown; readonly disable?: boolean }
  readonly environment?: Readonly<Record<string, string | number>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly command?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly deploy?: { readonly resources: { readonly limits: Readonly<Record<string, string | number>> } }
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly volumes: Readonly<Record<string, unknown>>
  readonly networks: Readonly<Record<string, unknown>>
  readonly text: string
}

/** docker-compose.yml with its anchors followed and its variables as they stand. */
export function composeFile(): ComposeFile {
  const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')
  return { ...parse(text, { merge: true }), text }
}

const VARIABLE = /\$\{(\w+)(?:(:?-)((?:[^${}]|\$\{[^}]*\})*))?\}/

/** As compose fills it in where nothing is set. */
export function filledIn(value: string | number): string {
  let text = String(value)
  while (VARIABLE.test(text)) text = text.replace(VARIABLE, (_, _name, _kind, fallback = '') => fallback)
  return text
}

export function interpolated(environment: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, filledIn(value)]))
}

/** Every variable of the file, with each of its fallbacks. */
export function variablesIn(text: string): Map<string, string[]> {
  const found = new Map<string, string[]>()
  const code = text.replaceAll(/^ *#.*$/gm, '')
  for (const start of [...code.matchAll(/\$\{/g)].map(({ index }) => index)) {
    const [, name, , fallback = ''] = new RegExp(`^${VARIABLE.source}`).exec(code.slice(start)) ?? []
    if (name) found.set(name, [...(found.get(name) ?? []), fallback])
  }
  return found
}

/** Which settings a service looks up when it starts with this environment, and what it says against it. */
export async function settingsReadBy(
  service: ServiceName,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ names: Set<string>; fault: string | undefined }> {
  const names = new Set<string>()
  const watched = new Proxy(env, {
    get: (target, name) => {
      names.add(String(name))
      return target[String(name)]
    },
  })
  const { readSettings } = await import(`../../services/${service}/src/config.ts`)
  try {
    readSettings(watched)
    return { names, fault: undefined }
  } catch (error) {
    return { names, fault: (error as Error).message }
  }
}
