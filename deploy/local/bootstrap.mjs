/**
 * Where `npm start`, `npm test`, `npm run dev` and `npm run doctor` begin. Runs on any Node from 20 on, before anything is
 * installed: looks at the machine, installs what is missing, then hands over to the project's own Node 26.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { installIfStale } from './bootstrap/install.mjs'
import { NODE, ROOT } from './bootstrap/machine.mjs'
import { missing } from './bootstrap/preflight.mjs'

const VERBS = ['start', 'test', 'dev', 'doctor', 'day']
const EXIT_USAGE = 2
const EXIT_MACHINE = 3
const EXIT_INSTALL = 4
/** npm passes a Ctrl-C on to us after the terminal already did; one key press is one signal. */
const SAME_KEY_PRESS_MS = 500

const [verb, ...args] = process.argv.slice(2)
if (!VERBS.includes(verb)) fail(EXIT_USAGE, `Say what to do: ${VERBS.join(', ')}.`, 'For instance: npm start')

const lacking = await missing(verb, args)
if (lacking.length > 0) {
  fail(EXIT_MACHINE, 'This machine lacks:', ...lacking.map(({ what, cure }) => `  ✗ ${what}\n    ${cure}`))
}
const fault = await installIfStale((line) => process.stderr.write(`${line}\n`))
if (fault) fail(EXIT_INSTALL, fault.what, `  ${fault.cure}`)
handOver()

function fail(code, ...lines) {
  process.stderr.write(`${lines.join('\n')}\n`)
  process.exit(code)
}

/**
 * The child gets a process group of its own, so that a Ctrl-C reaches it once and through us, and a channel whose end tells
 * it that we are gone, whatever ended us.
 */
function handOver() {
  const script = join(ROOT, 'deploy/local', `${verb}.ts`)
  const child = spawn(
    NODE,
    ['--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning', script, ...args],
    {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      detached: true,
    },
  )
  let last = 0
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      const now = Date.now()
      if (now - last > SAME_KEY_PRESS_MS) child.kill(signal)
      last = now
    })
  }
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM') // npm was killed hard
  }, 1_000).unref()
  child.on('error', (error) => fail(EXIT_INSTALL, `${NODE} could not be started: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGKILL' ? 137 : 1)))
}
