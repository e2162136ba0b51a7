import { z } from 'zod'
import type { GoogleFailure } from '../domain/google/waiting.ts'
import { isGoogleFailure } from '../domain/google/waiting.ts'
import type { GoogleSettings } from '../google/settings.ts'

type Reach = Pick<GoogleSettings, 'clientId' | 'clientSecret' | 'calendarUrl' | 'oauthUrl'>

export interface Asked {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: object
  readonly ifMatch?: string
}

const tokenAnswer = z.object({
  access_token: z.string(),
  expires_in: z.number(),
  refresh_token: z.string().optional(),
})
const errorAnswer = z.object({
  error: z.union([
    z.string(),
    z.object({
      message: z.string().optional(),
      errors: z.array(z.object({ reason: z.string() })).optional(),
    }),
  ]),
})

/** Before it runs out, so that it does not on the way. */
const EARLY_MS = 60_000
const MOST_TOKENS = 10_000
const MOST_BYTES = 16 * 1024 * 1024

/** Requests with an access token, which is got where there is none that is still good. */
export function googleRequests(settings: Reach, timeoutMs: number) {
  const access = new Map<string, { readonly token: string; readonly untilMs: number }>()

  const grant = async (form: Record<string, string>) => {
    const { clientId, clientSecret, oauthUrl } = settings
    const body = new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...form })
    const answer = await exchange(`${oauthUrl}/token`, { method: 'POST', body }, timeoutMs)
    if (isGoogleFailure(answer)) return answer
    if (!answer.ok) return failureOf(answer)
    const parsed = tokenAnswer.safeParse(answer.body)
    return parsed.success ? parsed.data : unreadable()
  }

  const accessToken = async (refreshToken: string): Promise<string | GoogleFailure> => {
    const known = access.get(refreshToken)
    if (known && known.untilMs > performance.now()) return known.token
    const granted = await grant({ grant_type: 'refresh_token', refresh_token: refreshToken })
    if (isGoogleFailure(granted)) return granted
    if (access.size >= MOST_TOKENS) access.clear()
    const untilMs = performance.now() + granted.expires_in * 1_000 - EARLY_MS
    access.set(refreshToken, { token: granted.access_token, untilMs })
    return granted.access_token
  }

  /** An access token that Google takes no longer is got anew, once. */
  const ask = async (refreshToken: string, asked: Asked, again = true): Promise<unknown | GoogleFailure> => {
    const token = await accessToken(refreshToken)
    if (isGoogleFailure(token)) return token
    const answer = await exchange(urlOf(settings, asked), requestOf(asked, token), timeoutMs)
    if (isGoogleFailure(answer)) return answer
    if (answer.ok) return answer.body
    if (answer.status !== 401) return failureOf(answer)
    access.delete(refreshToken)
    return again
      ? ask(refreshToken, asked, false)
      : { failed: 'reconnect', message: 'Google refuses the sign-in.' }
  }

  const revoke = async (refreshToken: string): Promise<'revoked' | GoogleFailure> => {
    access.delete(refreshToken)
    const body = new URLSearchParams({ token: refreshToken })
    const answer = await exchange(`${settings.oauthUrl}/revoke`, { method: 'POST', body }, timeoutMs)
    if (isGoogleFailure(answer)) return answer
    // 400: it is not good any more anyway.
    return answer.ok || answer.status === 400 ? 'revoked' : failureOf(answer)
  }
  return { grant, ask, revoke }
}

function urlOf({ calendarUrl }: Reach, { path, query = {} }: Asked): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return given.length === 0 ? `${calendarUrl}${path}` : `${calendarUrl}${path}?${new URLSearchParams(given)}`
}

function requestOf({ method, body, ifMatch }: Asked, token: string): RequestInit {
  return {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(ifMatch ? { 'if-match': ifMatch } : {}),
    },
    body: body && JSON.stringify(body),
  }
}

interface Answer {
  readonly ok: boolean
  readonly status: number
  readonly body: unknown
  readonly retryAfterSeconds: number | undefined
}

/** undefined bodies are those of 204. What cannot be read in time or is not JSON counts as Google being away. */
async function exchange(url: string, init: RequestInit, timeoutMs: number): Promise<Answer | GoogleFailure> {
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await boundedText(response)
    const retryAfterSeconds = secondsOf(response.headers.get('retry-after'))
    const { ok, status } = response
    if (!ok) return { ok, status, body: parsed(text), retryAfterSeconds }
    return { ok, status, body: text === '' ? undefined : JSON.parse(text), retryAfterSeconds }
  } catch (error) {
    return { failed: 'away', message: `Google did not answer: ${(error as Error).message}` }
  }
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) throw new Error('the answer is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function secondsOf(header: string | null): number | undefined {
  if (header === null) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header)
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1_000))
}

const BUSY_REASONS = [
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'quotaExceeded',
  'calendarUsageLimitsExceeded',
]

/** https://developers.google.com/workspace/calendar/api/guides/errors */
export function failureOf({ status, body, retryAfterSeconds }: Omit<Answer, 'ok'>): GoogleFailure {
  const error = errorAnswer.safeParse(body).data?.error
  const reason = typeof error === 'object' ? error.errors?.[0]?.reason : error
  const message = `Google answered ${status}${reason ? ` ${reason.slice(0, 60)}` : ''}.`
  const failed = kindOf(status, reason ?? '')
  return retryAfterSeconds === undefined ? { failed, message } : { failed, message, retryAfterSeconds }
}

function kindOf(status: number, reason: string): GoogleFailure['failed'] {
  if (reason === 'invalid_grant') return 'reconnect'
  if (status === 429 || (status === 403 && BUSY_REASONS.includes(reason))) return 'busy'
  if (status >= 500 || status === 408) return 'away'
  if (status === 410 && reason === 'fullSyncRequired') return 'full-sync'
  if (status === 404 || status === 410) return 'gone'
  if (status === 412) return 'conflict'
  if (status === 409) return 'duplicate'
  return 'refused'
}

export function unreadable(): GoogleFailure {
  return { failed: 'away', message: 'Google answered something that cannot be read.' }
}
