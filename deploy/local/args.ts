import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { UsageFault } from './fault.ts'

export interface StartOptions {
  readonly fresh: boolean
  readonly once: boolean
  readonly json: boolean
  /** Whether a day is played. */
  readonly day: boolean
  /** Services restart when their source changes. */
  readonly watch: boolean
  readonly practice: string | undefined
  readonly help: boolean
}

const START_HELP = `Starts everything on this machine, plays a day at a practice through it, and stays until Ctrl-C.

  npm start                       go on with the data of the last run
  npm start -- --fresh            begin anew: removes the data of earlier runs
  npm start -- --once             end after the day; the exit code says whether all figures agree
  npm start -- --practice DIR     play a practice of your own (shape: examples/practice)
  npm start --silent -- --once --json    the result as one JSON document on stdout
  npm start -- --help             this text

Settings (environment)
  PRAXISBUS_HOME        folder for data, logs and secrets (default .praxisbus)
  PRAXISBUS_PORT_BASE   first of the ports used (default 4100)
  DATABASE_ADMIN_URL    a PostgreSQL of your own; or DATABASE_URL_SCHEDULER, …_EHR, …_BILLING, …_IMAGING
  KAFKA_BROKERS         a Kafka of your own: host:port,host:port
  REDIS_URL             a Redis of your own
  NO_COLOR              no colours

More: docs/running-locally.md`

const DEV_HELP = `Starts everything like npm start, without a day, and restarts a service when its source changes.

  npm run dev                     go on with the data of the last run
  npm run dev -- --day            also play the day at the practice
  npm run dev -- --fresh          begin anew
  npm run dev -- --practice DIR   sign-in names and day of a practice of your own

More: docs/running-locally.md`

/** For `npm run day`. */
export const DAY_HELP = `Plays a day at a practice through a system that runs in containers (docker compose up -d --wait).

  npm run day                      of the example practice
  npm run day -- --practice DIR    of your own; its people must be able to sign in (docs/compose.md)
  npm run day --silent -- --json   the result as one JSON document on stdout

It asks \`docker compose\` where everything is, so COMPOSE_PROJECT_NAME and .env say which system is meant. Ends with 0 where
all figures agree. More: docs/compose.md`

export const helpOf = { start: START_HELP, dev: DEV_HELP }

export function readStartOptions(verb: 'start' | 'dev', args: readonly string[]): StartOptions {
  const { values } = parsed(verb, args, {
    fresh: { type: 'boolean', default: false },
    once: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    day: { type: 'boolean', default: verb === 'start' },
    practice: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  })
  const options = values as Omit<StartOptions, 'watch' | 'practice'> & { practice?: string }
  if (options.practice === '') throw usage(verb, '--practice needs a folder.')
  // npm runs scripts in the project's root; a relative folder is meant from where the person stands.
  const from = process.env.INIT_CWD ?? process.cwd()
  return {
    ...options,
    watch: verb === 'dev',
    practice: options.practice === undefined ? undefined : resolve(from, options.practice),
  }
}

type Flags = Record<string, { type: 'boolean' | 'string'; default?: boolean; short?: string }>

export function parsed(verb: string, args: readonly string[], options: Flags) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false })
  } catch (error) {
    // `Unknown option '--frsh'. To specify a positional …`: the first sentence is enough.
    throw usage(verb, (error as Error).message.split('. ')[0]!.replace(/\.?$/, '.'))
  }
}

function usage(verb: string, what: string): UsageFault {
  return new UsageFault(
    what,
    `${verb === 'start' ? 'npm start' : `npm run ${verb}`} -- --help shows what there is.`,
  )
}
