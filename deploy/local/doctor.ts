/** `npm run doctor`: looks at this machine and at the system that runs on it; says cause and cure. */
import { parsed } from './args.ts'
import { checkMachine } from './doctor/machine.ts'
import { checkSystem } from './doctor/system.ts'
import type { Verdict } from './doctor/verdict.ts'
import { EXIT, explain } from './fault.ts'
import { homeFrom } from './home.ts'
import { livingRun } from './lock.ts'
import { openTerminal, padded } from './output/terminal.ts'

const HELP = `Looks at this machine and, where Praxisbus runs here, at the running system.

  npm run doctor                      for a person
  npm run doctor --silent -- --json   for a program

Ends with 0 where nothing is bad, else with 1. PRAXISBUS_HOME and PRAXISBUS_PORT_BASE say which run is meant.`

const SIGNS = { ok: ['green', '✓'], warn: ['yellow', '!'], bad: ['red', '✗'] } as const
const NAME_COLUMNS = 22

async function run(args: readonly string[]): Promise<number> {
  const { values } = parsed('doctor', args, {
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  })
  if (values.help) {
    process.stdout.write(`${HELP}\n`)
    return EXIT.fine
  }
  const terminal = openTerminal(values.json ? process.stderr : process.stdout)
  const home = homeFrom(process.env)
  const living = await livingRun(home)
  terminal.busy('looking')
  const machine = await checkMachine(home, living !== undefined)
  const system = living?.parts ? await checkSystem(home, living.parts) : []
  terminal.busy(undefined)
  const checks = [...machine, ...system]
  const healthy = checks.every(({ state }) => state !== 'bad')
  if (values.json)
    process.stdout.write(
      `${JSON.stringify({ ok: healthy, running: living?.pid ?? null, checks }, null, 2)}\n`,
    )
  else show(checks)
  if (!values.json) terminal.line(runText(living))
  return healthy ? EXIT.fine : EXIT.failed

  function show(list: readonly Verdict[]): void {
    for (const { name, state, detail, cure } of list) {
      const [colour, sign] = SIGNS[state]
      terminal.line(`${terminal.style(colour, sign)} ${padded(name, NAME_COLUMNS)} ${detail}`)
      if (cure) terminal.line(`  ${padded('', NAME_COLUMNS)} ${terminal.style('bold', cure)}`)
    }
  }
}

function runText(living: Awaited<ReturnType<typeof livingRun>>): string {
  if (!living) return '\nNothing runs from this folder; the machine alone was looked at.'
  const since = `process ${living.pid}, since ${living.startedAt}`
  return living.parts
    ? `\nPraxisbus runs (${since}).`
    : `\nPraxisbus is starting (${since}); look again in a moment.`
}

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  const { text, exitCode } = explain(error)
  process.stderr.write(`${text}\n`)
  process.exitCode = exitCode
}
