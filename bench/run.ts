import { glob, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Ground, stopOnSignals } from '@praxisbus/testing'
import { explain } from '@praxisbus/testing/ground/fault.ts'
import { REPOSITORY } from '@praxisbus/testing/ground/maven.ts'
import type { Bench } from './comparison.ts'
import { startBenchGround } from './ground.ts'
import { machineLine } from './machine.ts'
import { insertMeasured, table } from './report.ts'

const PAGE = join(REPOSITORY, 'docs/performance.md')
const HELP = `Measures ours beside its peers and writes the tables of docs/performance.md; what people wrote there stays.

  npm run bench                     all
  npm run bench -- NAME…            these
  npm run bench -- --print          shows the tables and leaves the page as it is
  npm run bench -- --help           this text

The run has the machine to itself for some minutes: anything beside it makes the figures worthless.
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', short: 'h' }, print: { type: 'boolean' } },
})
const benches = await loadBenches()
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name))
if (values.help || unknown.length > 0) {
  const list = benches.map(({ name, about }) => `  ${name.padEnd(18)} ${about}`).join('\n')
  const complaint = unknown.length > 0 ? `There is no bench called ${unknown.join(', ')}.\n\n` : ''
  console.log(`${complaint}${HELP}\n${list}`)
  process.exit(unknown.length > 0 ? 2 : 0)
}
process.exit(
  await runAll(positionals.length > 0 ? benches.filter(({ name }) => positionals.includes(name)) : benches),
)

async function loadBenches(): Promise<Bench[]> {
  const files: string[] = []
  for await (const file of glob('*.bench.ts', { cwd: import.meta.dirname })) files.push(file)
  return await Promise.all(
    files.sort().map(async (file) => {
      const bench = ((await import(join(import.meta.dirname, file))) as { default: Bench }).default
      if (bench?.name !== basename(file, '.bench.ts'))
        throw new Error(`bench/${file} must export by default a bench with the name of its file`)
      return bench
    }),
  )
}

async function runAll(chosen: readonly Bench[]): Promise<number> {
  let ground: Ground
  try {
    ground = await startBenchGround(say)
  } catch (error) {
    console.error(explain(error))
    return 1
  }
  stopOnSignals(ground.stop)
  let failed = 0
  try {
    const machine = await machineLine(ground.postgres.adminUrl, ground.kafkaServer !== undefined)
    for (const bench of chosen) if (!(await runOne(bench, machine))) failed++
  } finally {
    await ground.stop()
  }
  return failed > 0 ? 1 : 0
}

/** A bench that fails leaves its old figures on the page, and the others go on. */
async function runOne(bench: Bench, machine: string): Promise<boolean> {
  console.error(`\n${bench.name}: ${bench.about}`)
  try {
    const measured = table(bench, await bench.run(say), machine)
    console.log(`\n${measured}\n`)
    if (!values.print)
      await writeFile(PAGE, insertMeasured(await readFile(PAGE, 'utf8'), bench.name, measured))
    return true
  } catch (error) {
    console.error(`${bench.name} failed: ${explain(error)}`)
    return false
  }
}

function say(line: string): void {
  console.error(`  ${line}`)
}
