import { SERVICES, type ServiceName } from '@praxisbus/contracts/services.ts'

/** One call of the command line, as its verbs see it. */
export interface CommandLine {
  /** What follows the verb. */
  readonly words: readonly string[]
  readonly service?: string
  readonly key?: string
  readonly id?: string
  readonly practice?: string
  readonly all?: boolean
  readonly dotenv?: string
  readonly out?: string
  readonly json: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly print: (text: string) => void
}

export class UsageError extends Error {}

export function serviceOf({ service }: Pick<CommandLine, 'service'>): ServiceName {
  if (!service) throw new UsageError('--service is missing')
  const found = SERVICES.find((name) => name === service)
  if (!found) throw new UsageError(`there is no service "${service}"; one of ${SERVICES.join(', ')}`)
  return found
}

/** `NAME_<SERVICE>` where set, else `NAME`. */
export function settingOf(line: CommandLine, name: string): string {
  const own = `${name}_${serviceOf(line).toUpperCase()}`
  const value = line.env[own] ?? line.env[name]
  if (!value) throw new UsageError(`${own} (or ${name}) is not set`)
  return value
}
