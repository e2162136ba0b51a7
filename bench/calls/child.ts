import { fork } from 'node:child_process'
import { once } from 'node:events'

/** A process that is asked one thing at a time. */
export interface Child {
  ask<Answer>(question: unknown): Promise<Answer>
  stop(): Promise<void>
}

/** Starts a file of this folder; `settings` are its first question. */
export async function startChild(file: string, settings: unknown): Promise<Child> {
  const child = fork(new URL(file, import.meta.url))
  const ended = once(child, 'exit')
  const ask = async <Answer>(question: unknown): Promise<Answer> => {
    child.send(question as object)
    const answer = await Promise.race([once(child, 'message'), ended.then(() => undefined)])
    if (!answer) throw new Error(`${file} ended before it answered`)
    const [told] = answer as [{ value?: Answer; fault?: string }]
    if (told.fault !== undefined) throw new Error(`${file}: ${told.fault}`)
    return told.value as Answer
  }
  const stop = async () => {
    if (child.connected) child.disconnect()
    await ended
  }
  await ask(settings).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return { ask, stop }
}

/** The other side: `open` takes the settings, what it returns answers every later question. Ends with its parent. */
export function serveParent<Settings, Question>(
  open: (settings: Settings) => Promise<(question: Question) => Promise<unknown>>,
): void {
  let answer: ((question: Question) => Promise<unknown>) | undefined
  const handle = async (message: unknown) => {
    if (answer) return answer(message as Question)
    answer = await open(message as Settings)
    return undefined
  }
  process.on('message', (message) => {
    handle(message).then(
      (value) => process.send!({ value }),
      (error: Error) => process.send!({ fault: error.stack }),
    )
  })
  process.on('disconnect', () => process.exit())
}
