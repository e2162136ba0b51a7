/** A run with one part, for tests of what becomes of parts: takes a home, keeps a program running, says its pid. */

import { readFileSync } from 'node:fs'
import { homeFrom } from '../home.ts'
import { takeHome } from '../lock.ts'
import { onEndAsked } from '../signals.ts'
import { keepRunning } from '../supervise.ts'

const home = homeFrom(process.env)
const lock = await takeHome(home, 'start')
const part = await keepRunning(
  {
    name: 'part',
    command: process.execPath,
    args: ['-e', "console.log('I run'); setInterval(() => {}, 1000)"],
    logFile: `${home.logs}/part.log`,
    ready: async () => readFileSync(`${home.logs}/part.log`, 'utf8').endsWith('I run\n'),
    readyTimeoutMs: 5_000,
  },
  ({ about, text, log }) => console.log(JSON.stringify({ about, text, log, pid: part.pid() })),
)
onEndAsked(async () => {
  await part.stop()
  lock.release()
  return 0
})
console.log(JSON.stringify({ started: process.pid, pid: part.pid() }))
setInterval(() => undefined, 1_000)
