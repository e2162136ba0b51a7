import { Worker } from 'node:worker_threads'
import type { DecodeJob } from '../decoder.ts'
import { decode } from './decode.ts'

/** The process that reads one file: gets a job from its parent, answers, ends. See ../decoder.ts. */

const PARENT_CHECK_MS = 500

// This thread is busy inside a decoder for long, so another one watches that the parent lives: no orphan goes on computing.
new Worker(
  `const { workerData } = require('node:worker_threads')
   setInterval(() => process.ppid === workerData.parent || process.kill(process.pid, 'SIGKILL'), workerData.everyMs)`,
  { eval: true, workerData: { parent: process.ppid, everyMs: PARENT_CHECK_MS } },
).unref()

process.once('message', (job: DecodeJob) => {
  decode(job).then(
    (answer) => process.send!(answer, () => process.exit(0)),
    (error: unknown) => {
      process.stderr.write(String((error as Error)?.stack ?? error), () => process.exit(1))
    },
  )
})
