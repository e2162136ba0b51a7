import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, api } from '@praxisbus/testing'
import type { Acknowledged } from './agreement.ts'

export interface Writers {
  readonly acknowledged: readonly Acknowledged[]
  /** Calls that got no answer, or were told to come again, and were repeated with the same key. */
  readonly repeated: () => number
  /** Every call under way is brought to its end first, so that nothing is in doubt. Throws where a writer failed. */
  stop(): Promise<void>
}

const PATIENTS_EACH = 4
const PAUSE_MS = 50
const PATIENCE_MS = 180_000

/**
 * Writers that change patients of their own over HTTP, one call after another each, at whatever replica of the scheduler is
 * there at that moment (`urls`). A call without an answer is repeated with its Idempotency-Key until there is one.
 */
export function startWriters(count: number, urls: () => readonly string[], token: string): Writers {
  const acknowledged: Acknowledged[] = []
  let repeated = 0
  let stopping = false
  let turn = 0

  const sent = async (
    method: 'post' | 'put',
    path: string,
    body: object,
    ifMatch?: number,
  ): Promise<Answer> => {
    const options = { idempotencyKey: randomUUID(), ...(ifMatch === undefined ? {} : { ifMatch }) }
    const deadline = performance.now() + PATIENCE_MS
    for (;;) {
      const url = urls()[turn++ % urls().length]!
      const answer = await api(url, token)
        [method](path, body, options)
        .catch((error: Error) => error)
      if (!(answer instanceof Error) && answer.status < 300) return answer
      const again = answer instanceof Error || answer.status >= 500 || answer.status === 429
      if (!again || performance.now() > deadline)
        throw new Error(`${path}: ${answer instanceof Error ? answer.message : JSON.stringify(answer.body)}`)
      repeated++
      await sleep(PAUSE_MS)
    }
  }

  const write = async (writer: number) => {
    const patients: { id: string; version: number }[] = []
    const keep = ({ body }: Answer) => {
      acknowledged.push({ key: body.patientId, version: body.version, name: body.name })
      return { id: body.patientId as string, version: body.version as number }
    }
    for (let index = 0; index < PATIENTS_EACH; index++)
      patients.push(keep(await sent('post', '/v1/patients', { name: `Writer ${writer}-${index}` })))
    for (let round = 0; !stopping; round++) {
      const at = round % PATIENTS_EACH
      const { id, version } = patients[at]!
      patients[at] = keep(
        await sent('put', `/v1/patients/${id}`, { name: `Writer ${writer} ${round}` }, version),
      )
    }
  }

  const running = Array.from({ length: count }, (_, writer) => write(writer))
  // Looked at by `stop`; until then a failed writer is no unhandled rejection.
  for (const writer of running) writer.catch(() => undefined)
  return {
    acknowledged,
    repeated: () => repeated,
    stop: async () => {
      stopping = true
      await Promise.all(running)
    },
  }
}
