import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { testFolder } from '../test-ground.ts'
import { spawnManaged } from './processes.ts'
import { waitFor } from './wait.ts'

const alive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const parents: ChildProcess[] = []
afterAll(() => {
  for (const parent of parents) parent.kill('SIGKILL')
})

/** Runs this code in a process of its own; `pids` are those it printed, once there are `count`. */
async function parentRunning(code: string, count: number): Promise<{ parent: ChildProcess; pids: number[] }> {
  const modules = `import { spawnManaged, removeAtEnd, stopOnSignals } from '${join(import.meta.dirname, 'processes.ts')}';`
  const parent = spawn(process.execPath, ['--input-type=module', '-e', modules + code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  parents.push(parent)
  let text = ''
  parent.stdout!.on('data', (data) => {
    text += data
  })
  const pids = await waitFor(() => text.split(/\s+/).length > count && text, 20_000, `${count} pids`)
  return { parent, pids: pids.trim().split(/\s+/).map(Number) }
}

test('kill -9 of the parent leaves no orphan, nor a grandchild, nor its temporary folder', async () => {
  const folder = await testFolder('reaper')
  const code = `
    removeAtEnd('${folder}')
    const one = await spawnManaged({ name: 'one', command: 'sleep', args: ['1000'] })
    const two = await spawnManaged({ name: 'two', command: 'sh', args: ['-c', 'sleep 1000 & echo $!; wait'] })
    console.log(one.pid, two.pid)`
  const { parent, pids } = await parentRunning(code, 3)
  expect(pids.filter(alive)).toHaveLength(3)
  parent.kill('SIGKILL')
  await waitFor(() => !pids.some(alive), 15_000, 'the children to end')
  await waitFor(() => !existsSync(folder), 15_000, 'the folder to be removed')
})

test('SIGTERM stops the children first, then the parent', async () => {
  const code = `
    const child = await spawnManaged({ name: 'child', command: 'sleep', args: ['1000'] })
    stopOnSignals(async () => { await child.stop() })
    console.log(child.pid)`
  const { parent, pids } = await parentRunning(code, 1)
  const exited = once(parent, 'exit')
  parent.kill('SIGTERM')
  expect(await exited).toEqual([143, null])
  expect(pids.some(alive)).toBe(false)
})

test('a process deaf to its stop signal is killed after the time given', async () => {
  const logFile = join(await testFolder('deaf'), 'log')
  const args = ['-c', 'trap "" TERM; echo ready; while :; do sleep 0.1; done']
  const deaf = await spawnManaged({ name: 'deaf', command: 'sh', args, logFile })
  // The file is there before the process is: only its word says that it is deaf by now.
  await waitFor(() => readFileSync(logFile, 'utf8').includes('ready'), 15_000, 'its word')
  expect(await deaf.stop('SIGTERM', 300)).toMatchObject({ signal: 'SIGKILL' })
})

test('a command that is not there is a fault in words', async () => {
  await expect(spawnManaged({ name: 'Nothing', command: '/nowhere/nothing', args: [] })).rejects.toThrow(
    /Nothing could not be started.*\n.*\/nowhere\/nothing/,
  )
})
