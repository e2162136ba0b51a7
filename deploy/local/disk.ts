import { statfsSync } from 'node:fs'
import { Fault } from './fault.ts'

/** PostgreSQL needs 16 MB for its next piece of log, Kafka some more for each topic. */
const LEAST_MB = 50

/** What fails on a full disk says so only in its own log: asked after any fault. */
export function fullDisk(folder: string, look = statfsSync): Fault | undefined {
  const { bavail, bsize } = look(folder)
  const freeMb = Math.floor((bavail * bsize) / 1_000_000)
  if (freeMb >= LEAST_MB) return undefined
  return new Fault(
    `The disk of ${folder} is full (${freeMb} MB left); what is said below may come of that.`,
    'Make room (`df -h` shows where), or set PRAXISBUS_HOME to a folder on a larger disk; then start again.',
  )
}
