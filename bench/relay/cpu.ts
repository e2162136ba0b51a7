import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Seconds of processor time (user and system) of one process so far; undefined where there is no /proc. */
export function cpuSeconds(pid: number): number | undefined {
  const stat = statOf(pid)
  return stat && stat.own / ticksPerSecond()
}

/** The same for a server with all of its sessions, also those that have ended. */
export function familyCpuSeconds(pid: number): number | undefined {
  const parent = statOf(pid)
  if (!parent) return undefined
  const children = readdirSync('/proc')
    .map((name) => (/^\d+$/.test(name) ? statOf(Number(name)) : undefined))
    .filter((stat) => stat?.parent === pid)
  const ticks = children.reduce((sum, stat) => sum + stat!.own, parent.own + parent.reaped)
  return ticks / ticksPerSecond()
}

/** See proc(5), /proc/pid/stat. The name in parentheses may hold anything, so fields are counted from behind it. */
function statOf(pid: number): { parent: number; own: number; reaped: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const ticks = (first: number) => Number(fields[first]) + Number(fields[first + 1])
    return { parent: Number(fields[1]), own: ticks(11), reaped: ticks(13) }
  } catch {
    return undefined
  }
}

let known: number | undefined
function ticksPerSecond(): number {
  known ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  return known
}
