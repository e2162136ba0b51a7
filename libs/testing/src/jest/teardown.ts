import { rm } from 'node:fs/promises'
import { takeRun } from './run.ts'

export default async function teardown(): Promise<void> {
  const run = takeRun()
  await run?.stop()
  if (run) await rm(run.dir, { recursive: true, force: true, maxRetries: 5 })
}
