#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { SERVICES } from '@praxisbus/contracts/services.ts'
import { books } from './books.ts'
import { type CommandLine, UsageError } from './command-line.ts'
import { migrateServices } from './migrate.ts'
import { parked } from './parked.ts'
import { handOutSecrets } from './secrets.ts'

const HELP = `praxisbus: the operator's command line

  praxisbus parked list  --service NAME             messages that could not be applied, and those waiting behind them
  praxisbus parked retry --service NAME [--key KEY] the running service tries them again, in order
  praxisbus parked drop  --service NAME --id N      give up on one message
  praxisbus migrate      --service NAME | --all     bring a service's database, or all, to the newest state
  praxisbus books verify [--practice ID]            recompute the seals of all closed periods from the tables, and compare
  praxisbus secrets      --dotenv FILE --out DIR    make the secrets that an env file lacks, and hand each part its own

  --service NAME   ${SERVICES.join(', ')}
  --json           machine-readable output
  -h, --help       this text

Environment
  RELAY_DATABASE_URL_<SERVICE>, or RELAY_DATABASE_URL   for parked: the service's relay login
  DATABASE_URL_<SERVICE>, or DATABASE_URL               for migrate: a login that may create roles
  DATABASE_ADMIN_URL                                    or a server and a login that may also create databases: the
                                                        database is praxisbus_<service>, made where it is missing
  DATABASE_URL_BILLING, RELAY_DATABASE_URL_BILLING      for books: billing's own two logins (or DATABASE_URL,
                                                        RELAY_DATABASE_URL); with --practice the first is enough
  APP_PASSWORD_<SERVICE>, RELAY_PASSWORD_<SERVICE>      for migrate: passwords for the service's own two logins
                                                        (or APP_PASSWORD, RELAY_PASSWORD)
A local run writes those for parked and books to .praxisbus/env: source it first.

Exit codes: 0 done, 1 a fault, 2 wrong usage, 3 nothing matched, 4 books that are not as they were sealed
`

const VERBS: Readonly<Record<string, (line: CommandLine) => Promise<number>>> = {
  parked,
  books,
  migrate: migrateServices,
  secrets: handOutSecrets,
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      service: { type: 'string' },
      key: { type: 'string' },
      id: { type: 'string' },
      practice: { type: 'string' },
      all: { type: 'boolean', default: false },
      dotenv: { type: 'string' }, // not --env-file: Node takes that for its own, wherever it stands
      out: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const [verb, ...words] = positionals
  if (values.help || verb === undefined) {
    process.stdout.write(HELP)
    return values.help ? 0 : 2
  }
  const run = VERBS[verb]
  if (!run) throw new UsageError(`there is no verb "${verb}"`)
  const line = { words, ...values, env: process.env }
  return run({ ...line, print: (text) => process.stdout.write(`${text}\n`) })
}

main().then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    const usage =
      error instanceof UsageError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')
    process.stderr.write(`praxisbus: ${(error as Error).message}${usage ? '\nTry praxisbus --help.' : ''}\n`)
    process.exitCode = usage ? 2 : 1
  },
)
