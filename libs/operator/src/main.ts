#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { SERVICES } from '@praxisbus/contracts/services.ts'
import { type CommandLine, UsageError } from './command-line.ts'
import { migrateService } from './migrate.ts'
import { parked } from './parked.ts'

const HELP = `praxisbus: the operator's command line

  praxisbus parked list  --service NAME             messages that could not be applied, and those waiting behind them
  praxisbus parked retry --service NAME [--key KEY] the running service tries them again, in order
  praxisbus parked drop  --service NAME --id N      give up on one message
  praxisbus migrate      --service NAME             bring a service's database to the newest state

  --service NAME   ${SERVICES.join(', ')}
  --json           machine-readable output
  -h, --help       this text

Environment
  RELAY_DATABASE_URL_<SERVICE>, or RELAY_DATABASE_URL   for parked: the service's relay login
  DATABASE_URL_<SERVICE>, or DATABASE_URL               for migrate: a login that may create roles
  APP_PASSWORD, RELAY_PASSWORD                          for migrate: passwords for the service's own two logins
A local run writes the first of these to .praxisbus/env: source it first.

Exit codes: 0 done, 1 a fault, 2 wrong usage, 3 nothing matched
`

const VERBS: Readonly<Record<string, (line: CommandLine) => Promise<number>>> = {
  parked,
  migrate: migrateService,
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      service: { type: 'string' },
      key: { type: 'string' },
      id: { type: 'string' },
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
  return run({ words, ...values, env: process.env, print: (text) => process.stdout.write(`${text}\n`) })
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
