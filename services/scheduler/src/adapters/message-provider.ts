import { z } from 'zod'
import type { SendFailure } from '../domain/message-sending.ts'
import type { Carrier, Outgoing, Taken } from './messages.ts'

const TIMEOUT_MS = 15_000
const MAX_ANSWER_BYTES = 64 * 1024
/** About this message or this number. A wrong address or token of the provider may be cured by whoever runs the service. */
const FOR_GOOD = new Set([400, 413, 422])

const answerBody = z.object({ id: z.string().max(200).nullable().optional() })

/**
 * Texts and calls by any provider, or a small bridge before one, that answers `POST <url>/messages`. It is sent
 * `{ channel, to, text }` with the bearer token and an Idempotency-Key. It sends once for one key however often it is asked; what it
 * did not take it may be asked again by the same key.
 * 2xx: it has taken it, `{ id }` is its own reference. 400, 413, 422: it never will. Anything else: it is asked again.
 */
export function openMessageProvider(settings: { url: string; token: string; timeoutMs?: number }): Carrier {
  const url = `${settings.url.replace(/\/+$/, '')}/messages`
  return {
    send: async ({ id, channel, to, text }: Outgoing) => {
      try {
        const answer = await fetch(url, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${settings.token}`,
            'content-type': 'application/json',
            'idempotency-key': id,
          },
          body: JSON.stringify({ channel, to, text }),
          // Another host has no business with the token.
          redirect: 'manual',
          signal: AbortSignal.timeout(settings.timeoutMs ?? TIMEOUT_MS),
        })
        return answer.ok ? await takenBy(answer) : await refusedBy(answer)
      } catch (error) {
        return {
          message: wordsOf(error),
          code: codeOf(error),
          permanent: false,
          mayHaveArrived: !neverConnected(error),
        }
      }
    },
    close: () => undefined,
  }
}

/** A 2xx says that it was taken, even where its body cannot be read any more. */
async function takenBy(answer: Response): Promise<Taken> {
  const text = await startOf(answer).catch(() => '')
  return { reference: referenceIn(text) }
}

function referenceIn(text: string): string | null {
  try {
    return answerBody.parse(JSON.parse(text)).id ?? null
  } catch {
    return null
  }
}

async function refusedBy(answer: Response): Promise<SendFailure> {
  const said = (await startOf(answer).catch(() => '')).slice(0, 300)
  const { status } = answer
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN)
  return {
    message: `The provider answered ${status}${said ? `: ${said}` : ''}`,
    code: `HTTP ${status}`,
    permanent: FOR_GOOD.has(status),
    mayHaveArrived: status >= 500,
    ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfterSeconds: seconds } : {}),
  }
}

/** As much as is of use; a provider that sends without end is let go. */
async function startOf(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of answer.body ?? []) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= MAX_ANSWER_BYTES) break
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString()
}

const BEFORE_CONNECTION = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

const codeOf = (error: unknown): string =>
  (((error as Error).cause ?? {}) as { code?: string }).code ?? (error as Error).name

const neverConnected = (error: unknown): boolean => BEFORE_CONNECTION.has(codeOf(error))

function wordsOf(error: unknown): string {
  const { message, cause, name } = error as Error & { cause?: Error }
  if (name === 'TimeoutError') return 'The provider did not answer in time'
  return `The provider cannot be reached: ${cause?.message || message}`
}
