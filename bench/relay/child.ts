import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A part of a measurement in a process of its own: it answers each order with one message. */
export interface Part {
  readonly pid: number
  ask<Answer>(order: unknown): Promise<Answer>
  stop(): Promise<void>
}

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a script (relative to bench/) and resolves with its first message having come: it is ready. */
export async function startPart(script: string, settings: unknown): Promise<Part> {
  const child = fork(join(import.meta.dirname, '..', script), [JSON.stringify(settings)], {
    execArgv: [
      '--disable-warning=ExperimentalWarning',
      '--disable-warning=TimeoutNegativeWarning',
      ...(process.env.BENCH_NODE_OPTIONS?.split(' ') ?? []),
    ],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  await answerOf(child)
  return {
    pid: child.pid!,
    ask: async (order) => {
      child.send(order as object)
      return await answerOf(child)
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      const hard = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await ended
      clearTimeout(hard)
    },
  }
}

async function answerOf<Answer>(child: ChildProcess): Promise<Answer> {
  const over = new AbortController()
  try {
    return await Promise.race([
      once(child, 'message', { signal: over.signal }).then(([answer]) => answer as Answer),
      once(child, 'exit', { signal: over.signal }).then(() => {
        throw new Error(`${child.spawnargs.at(-2)} ended before it answered`)
      }),
    ])
  } finally {
    over.abort()
  }
}

/** In the part itself: says that it is ready, then answers each order. */
export function serveParent<Settings>(
  work: (settings: Settings) => Promise<(order: never) => Promise<unknown>>,
): void {
  process.on('disconnect', () => process.exit(1))
  process.on('SIGTERM', () => process.exit(0))
  void work(JSON.parse(process.argv[2]!) as Settings).then((answer) => {
    process.on('message', (order) => {
      void answer(order as never).then((result) => process.send!(result ?? {}))
    })
    process.send!({})
  })
}
