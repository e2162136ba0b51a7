/** `npm run day`: plays a day at a practice through the containers of docker-compose.yml. See docs/compose.md. */
import { resolve } from 'node:path'
import { DAY_HELP, parsed } from './args.ts'
import { composeSystem } from './compose-system.ts'
import { playDay } from './day/play-day.ts'
import { EXIT, explain } from './fault.ts'
import { homeFrom } from './home.ts'
import { showDay } from './output/summary.ts'
import { openTerminal } from './output/terminal.ts'
import { openPractice } from './practice/folder.ts'
import { onEndAsked } from './signals.ts'

const args = process.argv.slice(2)
const json = args.includes('--json')
const terminal = openTerminal(json ? process.stderr : process.stdout)

async function run(): Promise<number> {
  const { values } = parsed('day', args, {
    practice: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  })
  if (values.help) {
    process.stdout.write(`${DAY_HELP}\n`)
    return EXIT.fine
  }
  const folder = values.practice as string | undefined
  const practice = openPractice(folder && resolve(process.env.INIT_CWD ?? process.cwd(), folder))
  const system = await composeSystem(homeFrom(process.env))
  const day = await playDay(practice, system, terminal)
  showDay(terminal, day)
  if (json) write({ ok: day.agrees, practiceId: practice.practiceId, brokers: system.brokers, day })
  return day.agrees ? EXIT.fine : EXIT.failed
}

function write(document: object): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
}

onEndAsked(async () => undefined)
try {
  process.exit(await run())
} catch (error) {
  terminal.busy(undefined)
  const { text, exitCode } = explain(error)
  terminal.line(`${terminal.style('red', '✗')} ${text}`)
  if (json) write({ ok: false, error: text, exitCode })
  process.exit(exitCode)
}
