import { existsSync } from 'node:fs'
import { helpOf, readStartOptions, type StartOptions } from './args.ts'
import { playDay } from './day/play-day.ts'
import type { DayResult } from './day/result.ts'
import { fullDisk } from './disk.ts'
import { EXIT, explain } from './fault.ts'
import { type Home, homeFrom, SERVICES } from './home.ts'
import { type LocalRun, type OnProgress, startLocal } from './local-run.ts'
import { showDay, showExamples, showWhereabouts } from './output/summary.ts'
import { openTerminal, padded, seconds, type Terminal } from './output/terminal.ts'
import { openPractice, type Practice } from './practice/folder.ts'
import { grpcAddress, httpUrl, issuerUrl } from './services.ts'
import { onEndAsked } from './signals.ts'

/** Runs `npm start` or `npm run dev` to its end, and ends the process with the exit code. */
export async function runVerb(verb: 'start' | 'dev', args: readonly string[]): Promise<void> {
  const json = args.includes('--json')
  const terminal = openTerminal(json ? process.stderr : process.stdout)
  try {
    const options = readStartOptions(verb, args)
    if (options.help) {
      process.stdout.write(`${helpOf[verb]}\n`)
      return
    }
    // Before anything is started: a folder of one's own may have faults.
    const home = homeFrom(process.env)
    const practice = openPractice(options.practice)
    await run(verb, options, home, practice, terminal)
  } catch (error) {
    terminal.busy(undefined)
    const { text, exitCode } = explain(error)
    terminal.line(`${terminal.style('red', '✗')} ${text}`)
    if (json) writeJson({ ok: false, error: text, exitCode })
    process.exit(exitCode)
  }
}

async function run(
  verb: 'start' | 'dev',
  options: StartOptions,
  home: Home,
  practice: Practice,
  terminal: Terminal,
) {
  const begun = performance.now()
  terminal.line(
    `${terminal.style('bold', 'Praxisbus')} · Node ${process.versions.node} · data in ${home.data}`,
  )
  terminal.line(
    `${practice.about.name}: ${practice.patients.length} patients, ${practice.visits.length} visits`,
  )
  terminal.line()
  const local = startLocal(home, practice, { verb, ...options }, progress(terminal))
  let settled = false
  let endAsked = false
  onEndAsked(async () => {
    endAsked = true
    terminal.busy('stopping')
    await local.stop()
    terminal.busy(undefined)
    terminal.line('Stopped.')
    return settled ? EXIT.fine : undefined
  })
  let started: LocalRun
  let day: DayResult | undefined
  try {
    started = await local.started
    terminal.busy(undefined)
    const readyMs = Math.round(performance.now() - begun)
    terminal.line(terminal.style('green', `Ready in ${seconds(readyMs)}`))
    if (options.day) day = await playDay(practice, started.around, terminal)
    if (day) showDay(terminal, day)
    if (options.json) writeJson(document(started, practice, readyMs, day))
    settled = true
  } catch (error) {
    // What fails then fails because all is being stopped; onEndAsked ends the process.
    if (endAsked) return
    terminal.busy('stopping')
    const disk = existsSync(home.folder) ? fullDisk(home.folder) : undefined
    await local.stop()
    throw disk ? new AggregateError([disk, error]) : error
  }
  if (options.once) {
    terminal.busy('stopping')
    await local.stop()
    terminal.busy(undefined)
    process.exit(day && !day.agrees ? EXIT.failed : EXIT.fine)
  }
  showWhereabouts(terminal, started.around, practice)
  showExamples(terminal, started.around, day)
  terminal.line()
  terminal.line(`All of it runs until ${terminal.style('bold', 'Ctrl-C')}.`)
}

const NAME_COLUMNS = 11

function progress(terminal: Terminal): OnProgress {
  const { style } = terminal
  return {
    busy: (text) => terminal.busy(`starting ${text}`),
    ready: (part, ms, where) =>
      terminal.line(
        `${style('green', '✓')} ${padded(part, NAME_COLUMNS)} ${seconds(ms).padStart(7)}  ${style('dim', where)}`,
      ),
    news: ({ about, text, log = [] }) => {
      terminal.line(`${style('yellow', '!')} ${about} ${text}`)
      for (const entry of log) terminal.line(`    ${style('dim', entry)}`)
    },
  }
}

/** The shape is described in docs/running-locally.md; members are only ever added. */
function document(
  { around }: LocalRun,
  practice: Practice,
  readyMs: number,
  day: DayResult | undefined,
): object {
  const { home } = around
  const services = SERVICES.map((service) => {
    const url = httpUrl(home, service)
    return [
      service,
      {
        http: url,
        docs: `${url}/docs`,
        ready: `${url}/readyz`,
        metrics: `${url}/metrics`,
        grpc: grpcAddress(home, service),
      },
    ]
  })
  return {
    ok: day?.agrees ?? true,
    practiceId: practice.practiceId,
    readyMs,
    issuer: issuerUrl(home),
    brokers: around.brokers,
    services: Object.fromEntries(services),
    day: day ?? null,
  }
}

function writeJson(content: object): void {
  process.stdout.write(`${JSON.stringify(content, null, 2)}\n`)
}
