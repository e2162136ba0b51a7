/** `npm test`: format and lint, types, then every test on real servers. `npm test -- services/ehr` runs the tests there. */
import { join } from 'node:path'
import { type Managed, spawnManaged } from '@praxisbus/testing/ground/processes.ts'
import { EXIT } from './fault.ts'
import { ROOT } from './home.ts'
import { openTerminal, seconds } from './output/terminal.ts'
import { onEndAsked } from './signals.ts'

const HELP = `Runs all checks: format and lint, types, then jest on real PostgreSQL, Kafka and Redis.

  npm test                                everything
  npm test -- services/ehr                the tests below that path
  npm test -- -t 'E-12'                   the tests whose title holds that text
  npm test -- --help                      this text; other arguments go to jest

The last line counts the tests: N passed, N failed, N skipped.`

const bin = (name: string) => join(ROOT, 'node_modules/.bin', name)
const FIRST: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['format and lint', bin('biome'), 'check', '--error-on-warnings', '.'],
  ['types', bin('tsc'), '-p', 'tsconfig.json'],
]
const JEST = [
  '--max-semi-space-size=64', // each test file loads all its modules anew: with the usual 16 MB a fifth of its time is garbage collection
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  '--disable-warning=TimeoutNegativeWarning', // kafkajs 2.2 sets a negative timer with each request
  'node_modules/jest/bin/jest.js',
]

let running: Managed | undefined

async function runAll(): Promise<number> {
  const terminal = openTerminal(process.stdout)
  let failed = false
  for (const [name, command, ...rest] of FIRST) {
    const begun = performance.now()
    const fine = await runStep(name, command, rest)
    const sign = fine ? terminal.style('green', '✓') : terminal.style('red', '✗')
    terminal.line(`${sign} ${name.padEnd(16)} ${seconds(performance.now() - begun).padStart(7)}`)
    failed ||= !fine
  }
  // Last, because its last line is the one that scripts read. Contract drift and incompatible changes are tests too.
  const fine = await runStep('jest', process.execPath, [...JEST, ...args])
  return fine && !failed ? EXIT.fine : EXIT.failed
}

async function runStep(name: string, command: string, rest: readonly string[]): Promise<boolean> {
  const step = await spawnManaged({ name, command, args: rest, cwd: ROOT })
  running = step
  return (await step.exited).code === 0
}

onEndAsked(async () => {
  await running?.stop('SIGINT')
  return undefined
})
const args = process.argv.slice(2)
if (args.includes('--help')) process.stdout.write(`${HELP}\n`)
else process.exit(await runAll())
