/**
 * Runs as a process of its own, in a session of its own, one per process that starts servers. Its standard input is a
 * pipe from that process: lines `start <pid> <signal>`, `ended <pid>`, `container <id>`, `released <id>` and `folder <path>`.
 * When the pipe ends, however its writer died, every process group still on the list is asked to stop, then killed, and the
 * containers and folders are removed.
 */
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

const GRACE_MS = 8000
const groups = new Map<number, NodeJS.Signals>()
const folders = new Set<string>()
const containers = new Set<string>()

function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal)
    return true
  } catch {
    return false
  }
}

const living = () => [...groups.keys()].filter((pid) => signalGroup(pid, 0))

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, subject = '', signal] = line.split('\t')
  if (verb === 'start') groups.set(Number(subject), signal as NodeJS.Signals)
  else if (verb === 'ended') groups.delete(Number(subject))
  else if (verb === 'container') containers.add(subject)
  else if (verb === 'released') containers.delete(subject)
  else if (verb === 'folder') folders.add(subject)
}

for (const [pid, signal] of groups) signalGroup(pid, signal)
if (containers.size > 0)
  await (await import('./engine.ts')).removeContainers([...containers]).catch(() => undefined)
const deadline = Date.now() + GRACE_MS
while (living().length > 0 && Date.now() < deadline) await sleep(50)
for (const pid of living()) signalGroup(pid, 'SIGKILL')
for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
