import { readdir, readFile } from 'node:fs/promises'

/** A process and all that came from it, however often they changed their process group (PostgreSQL's do). Linux only. */
export async function family(pid: number): Promise<number[]> {
  const parents = new Map<number, number>()
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '')
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
    if (parent) parents.set(Number(entry), parent)
  }
  const found = [pid]
  for (const each of found) for (const [child, parent] of parents) if (parent === each) found.push(child)
  return found
}

/** Stands still without refusing anybody, as a machine does that has lost its disk or its network. Returns how to go on. */
export async function freeze(pid: number): Promise<() => Promise<void>> {
  await signalFamily(pid, 'SIGSTOP')
  // What was born in between
  await signalFamily(pid, 'SIGSTOP')
  return () => signalFamily(pid, 'SIGCONT')
}

async function signalFamily(pid: number, signal: NodeJS.Signals): Promise<void> {
  for (const each of await family(pid)) {
    try {
      process.kill(each, signal)
    } catch (error) {
      // It ended since it was found.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

/** CPU time the process has used so far, in ms. */
export async function cpuMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}
