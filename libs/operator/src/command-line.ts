import { SERVICES } from '@praxisbus/contracts/services.ts'

/** One call of the command line, as its verbs see it. */
export interface CommandLine {
  /** What follows the verb. */
  readonly words: readonly string[]
  readonly service?: string
  readonly key?: string
  readonly id?: string
  readonly json: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly print: (text: string) => void
}

export class UsageError extends Error {}

export function serviceOf({ service }: CommandLine): string {
  if (!service) throw new UsageError('--service is missing')
  if (!SERVICES.some((name) => name === service))
    throw new UsageError(`there is no service "${service}"; one of ${SERVICES.join(', ')}`)
  return service
}

/** `NAME_<SERVICE>` where set, else `NAME`. */
export function settingOf(line: CommandLine, name: string): string {
  const own = `${name}_${serviceOf(line).toUpperCase()}`
  const value = line.env[own] ?? line.env[name]
  if (!value) throw new UsageError(`${own} (or ${name}) is not set`)
  return value
}
