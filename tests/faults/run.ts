import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { stopOnSignals } from '@praxisbus/testing'
import { explain } from '@praxisbus/testing/ground/fault.ts'
import setUp from '@praxisbus/testing/jest/setup.ts'
import tearDown from '@praxisbus/testing/jest/teardown.ts'
import { type Scenario, seeded, type Trial } from './scenario.ts'

const HELP = `Does its worst to running services, Kafka, PostgreSQL and Redis, and checks what must hold afterwards.

  npm run faults                            every scenario once, in its long form
  npm run faults -- --minutes 30            round after round until the minutes are over, each scenario at least once
  npm run faults -- --seed 7                what is done follows from the seed; round n runs with seed + n - 1
  npm run faults -- --only commit-event     one scenario; several with commas
  npm run faults -- --short                 as within npm test
  npm run faults --silent -- --json         the result as one JSON document on stdout, the rest on stderr
  npm run faults -- --list                  the scenarios, a line each

It starts servers of its own and ends them, also at Ctrl-C, which says how to repeat what was under way. Exit codes: 0 all held,
1 something did not, 2 wrong usage, 130 Ctrl-C.
More: docs/faults.md`

interface Result {
  readonly scenario: string
  readonly seed: number
  readonly form: Trial['form']
  readonly seconds: number
  readonly checked: readonly string[]
  /** Undefined: it held. */
  readonly failure?: string
  readonly repeat?: string
}

/** What was done so far, and the command that does again what is under way. */
interface Progress {
  readonly results: Result[]
  underWay?: string
  /** Servers are ending, and then the process: what comes of it means nothing. */
  stopping?: true
}

class WrongUsage extends Error {}

async function loadScenarios(): Promise<Scenario[]> {
  const folder = join(import.meta.dirname, 'scenarios')
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  return Promise.all(
    files.sort().map(async (file) => {
      const { default: scenario } = (await import(join(folder, file))) as { default: Scenario }
      if (scenario?.name !== basename(file, '.ts')) throw new Error(`${file} exports no scenario of its name`)
      return scenario
    }),
  )
}

function chosen(all: readonly Scenario[], only: string | undefined): readonly Scenario[] {
  if (only === undefined) return all
  return only.split(',').map((name) => {
    const scenario = all.find((each) => each.name === name)
    if (!scenario)
      throw new WrongUsage(`There is no scenario ${name}: ${all.map((each) => each.name).join(', ')}`)
    return scenario
  })
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '0' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      short: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const number = (name: 'minutes' | 'seed', shape: RegExp) => {
    if (!shape.test(values[name])) throw new WrongUsage(`--${name} ${values[name]} is not a number`)
    return Number(values[name])
  }
  const form: Trial['form'] = values.short ? 'short' : 'long'
  return { ...values, form, minutes: number('minutes', /^\d+(\.\d+)?$/), seed: number('seed', /^\d{1,9}$/) }
}

const seconds = (ms: number) => Math.round(ms / 100) / 10

const commandFor = (scenario: Scenario, seed: number, form: Trial['form']) =>
  `npm run faults -- --only ${scenario.name} --seed ${seed}${form === 'short' ? ' --short' : ''}`

async function runOne(scenario: Scenario, seed: number, form: Trial['form'], say: (line: string) => void) {
  const begun = performance.now()
  const about = { scenario: scenario.name, seed, form }
  say(`\n${scenario.name}, seed ${seed}: ${scenario.about}`)
  try {
    const checked = await scenario.run({
      random: seeded(seed),
      form,
      say: (line) => say(`  ${`${seconds(performance.now() - begun).toFixed(1)} s`.padStart(8)}  ${line}`),
    })
    for (const line of checked) say(`  ✓ ${line}`)
    return { ...about, seconds: seconds(performance.now() - begun), checked } satisfies Result
  } catch (error) {
    const repeat = commandFor(scenario, seed, form)
    const failure = explain(error)
    say(`  ✗ ${failure.replaceAll('\n', '\n    ')}\n  Again: ${repeat}`)
    return { ...about, seconds: seconds(performance.now() - begun), checked: [], failure, repeat }
  }
}

/** Every scenario once, then more rounds until the time is over. */
async function runRounds(
  scenarios: readonly Scenario[],
  { minutes, seed, form }: ReturnType<typeof readOptions>,
  progress: Progress,
  say: (line: string) => void,
): Promise<void> {
  const until = performance.now() + minutes * 60_000
  for (let round = 0; round === 0 || performance.now() < until; round++) {
    for (const scenario of scenarios) {
      if (round > 0 && performance.now() >= until) break
      progress.underWay = commandFor(scenario, seed + round, form)
      const result = await runOne(scenario, seed + round, form, say)
      if (progress.stopping) return new Promise(() => undefined)
      progress.results.push(result)
      progress.underWay = undefined
    }
  }
}

/** Returns whether all held that was done. */
function sumUp({ results, underWay }: Progress, json: boolean, say: (line: string) => void): boolean {
  const failed = results.filter(({ failure }) => failure !== undefined)
  say(`\n${results.length - failed.length} held, ${failed.length} did not`)
  for (const { repeat } of failed) say(`Again: ${repeat}`)
  if (underWay) say(`Stopped in the middle of: ${underWay}`)
  const held = failed.length === 0
  if (json) console.log(JSON.stringify({ held, stopped: underWay, results }, undefined, 2))
  return held
}

async function main(): Promise<number> {
  const options = readOptions()
  if (options.help) {
    console.log(HELP)
    return 0
  }
  const all = await loadScenarios()
  const scenarios = chosen(all, options.only)
  if (options.list) {
    for (const { name, about } of scenarios) console.log(`${name.padEnd(16)} ${about}`)
    return 0
  }
  let say = options.json ? console.error : console.log
  const progress: Progress = { results: [] }
  stopOnSignals(async () => {
    sumUp(progress, options.json, say)
    progress.stopping = true
    say = () => undefined
    await tearDown()
  })
  await setUp()
  try {
    await runRounds(scenarios, options, progress, (line) => say(line))
    return sumUp(progress, options.json, say) ? 0 : 1
  } finally {
    await tearDown()
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const usage =
      error instanceof WrongUsage || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS')
    console.error(usage ? `${(error as Error).message}\nTry npm run faults -- --help.` : explain(error))
    process.exit(usage ? 2 : 1)
  },
)
