import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { waitFor } from '@praxisbus/testing/ground/wait.ts'
import { homeFrom } from './home.ts'
import { livingRun } from './lock.ts'

let folder: string
let runs: ChildProcess[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'praxisbus-run-'))
  runs = []
})
afterEach(async () => {
  for (const run of runs) if (run.exitCode === null && run.signalCode === null) run.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

type Line = { started?: number; pid?: number; about?: string; text?: string; log?: string[] }

function tinyRun() {
  const script = join(import.meta.dirname, 'testing/tiny-run.ts')
  const run = spawn(process.execPath, ['--no-warnings', script], {
    env: { PATH: process.env.PATH, PRAXISBUS_HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  runs.push(run)
  const lines: Line[] = []
  let errors = ''
  createInterface({ input: run.stdout! }).on('line', (line) => lines.push(JSON.parse(line)))
  run.stderr!.on('data', (chunk) => {
    errors += chunk
  })
  const line = (is: (line: Line) => boolean) => waitFor(() => lines.find(is), 15_000, 'a line of the run')
  return { run, line, errors: () => errors }
}

const lives = (pid: number) => existsSync(`/proc/${pid}`)
const gone = (pid: number) => waitFor(() => !lives(pid), 12_000, `process ${pid} to be gone`)

describe('P-08 what becomes of the parts', () => {
  test('P-08 a kill -9 of the supervisor leaves no orphan, and the next run may start', async () => {
    const first = tinyRun()
    const { pid } = await first.line((line) => line.started !== undefined)
    first.run.kill('SIGKILL')
    await gone(pid!)
    const second = tinyRun()
    await second.line((line) => line.started !== undefined)
  })

  test('P-08 the end of bootstrap.mjs, however it ended, ends the run in order', async () => {
    const { run, line } = tinyRun()
    const { pid } = await line((entry) => entry.started !== undefined)
    run.disconnect()
    await once(run, 'exit')
    expect(run.exitCode).toBe(0)
    await gone(pid!)
    expect(existsSync(join(folder, 'run.json'))).toBe(false)
  })

  test('P-08 a part that ends by itself is reported with its last words and starts again', async () => {
    const { line } = tinyRun()
    const { pid } = await line((entry) => entry.started !== undefined)
    process.kill(pid!, 'SIGKILL')
    const ended = await line(
      (entry) => entry.text?.startsWith('ended (SIGKILL); it starts again in 1 s') ?? false,
    )
    expect(ended.log).toEqual(['I run'])
    const back = await line((entry) => entry.text === 'is back')
    expect(back.pid).not.toBe(pid)
    expect(lives(back.pid!)).toBe(true)
  })

  test('P-08 a second run in the same folder is told who is there', async () => {
    const first = tinyRun()
    const { started } = await first.line((line) => line.started !== undefined)
    const second = tinyRun()
    await once(second.run, 'exit')
    expect(second.errors()).toContain(`process ${started}`)
    expect(await livingRun(homeFrom({ PRAXISBUS_HOME: folder }))).toMatchObject({
      pid: started,
      verb: 'start',
    })
  })
})
