import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, type Api, type ApiOptions, api } from '@praxisbus/testing/api.ts'
import { EXIT, Fault } from '../fault.ts'
import type { Home, ServiceName } from '../home.ts'
import type { Practice } from '../practice/folder.ts'
import { httpUrl, issuerUrl } from '../services.ts'
import { DEVELOPMENT_PASSWORD } from '../sign-in.ts'
import { reached } from './reached.ts'

/**
 * The people of the practice at their desks: each call is made by somebody, over HTTP, with that person's token. Nothing of
 * the day knows another way into the services, besides gRPC questions and topics.
 */
export interface Desk {
  get(who: string, service: ServiceName, path: string): Promise<Answer>
  /** The same, where it may not be there yet. */
  find(who: string, service: ServiceName, path: string): Promise<Answer | undefined>
  /** A change that must succeed. The same change on the same day has the same Idempotency-Key, so it happens once. */
  post(who: string, service: ServiceName, path: string, body?: unknown): Promise<Answer>
  /** The same for a file. */
  postFile(
    who: string,
    service: ServiceName,
    path: string,
    file: Buffer,
    contentType: string,
  ): Promise<Answer>
  put(who: string, service: ServiceName, path: string, body: unknown, version?: number): Promise<Answer>
  /** Whatever the answer is. */
  delete(who: string, service: ServiceName, path: string): Promise<Answer>
  token(who: string): string
}

/** A service gave another answer than the day needs. */
export class DayFault extends Fault {
  constructor(what: string, cure: string) {
    super(what, cure, EXIT.failed)
  }
}

const WAIT_MS = 30_000
const PAUSE_MS = 100

/**
 * Refusals that say "not yet": what the call refers to is still on its way on a topic. They come again with a new key,
 * because a key keeps the answer it once got.
 */
const NOT_YET = new Set([
  'service_not_available',
  'appointment_not_found',
  'patient_not_found',
  'practitioner_not_found',
  'practice_unknown',
  'names_unknown',
  'unknown_record',
  'billing_catching_up',
])

export async function openDesk(home: Home, { about, practiceId }: Practice, date: string): Promise<Desk> {
  const tokens = new Map<string, string>()
  for (const { signIn } of about.users) tokens.set(signIn, await signInAs(home, signIn))
  const token = (who: string) => tokens.get(who)!
  const at = (who: string, service: ServiceName): Api => api(httpUrl(home, service), token(who))
  const keyOf = (path: string, content: unknown) => (attempt: number) =>
    hash(practiceId, date, path, content, attempt)

  const posted = async (
    path: string,
    who: string,
    key: (attempt: number) => string,
    send: (options: ApiOptions) => Promise<Answer>,
  ) => {
    const deadline = performance.now() + WAIT_MS
    for (let attempt = 1; ; attempt++) {
      const answer = await reached(() => send({ idempotencyKey: key(attempt) }), WAIT_MS)
      if (!isNotYet(answer)) return expectDone(answer, `POST ${path}`, who)
      if (answer.headers.get('idempotency-replayed')) continue // refused so on an earlier run
      if (performance.now() > deadline) return expectDone(answer, `POST ${path}`, who)
      await sleep(PAUSE_MS)
    }
  }
  const asked = (who: string, service: ServiceName, path: string) =>
    reached(() => at(who, service).get(path), WAIT_MS)
  return {
    token,
    get: async (who, service, path) => expectDone(await asked(who, service, path), `GET ${path}`, who),
    find: async (who, service, path) => {
      const answer = await asked(who, service, path)
      return answer.status === 404 ? undefined : expectDone(answer, `GET ${path}`, who)
    },
    post: (who, service, path, body = {}) =>
      posted(path, who, keyOf(path, body), (options) => at(who, service).post(path, body, options)),
    postFile: (who, service, path, file, contentType) =>
      posted(path, who, keyOf(path, hash(file.toString('base64'))), (options) =>
        at(who, service).raw('POST', path, file, contentType, options),
      ),
    put: async (who, service, path, body, version) => {
      const options = { idempotencyKey: randomUUID(), ...(version === undefined ? {} : { ifMatch: version }) }
      const answer = await reached(() => at(who, service).put(path, body, options), WAIT_MS)
      return expectDone(answer, `PUT ${path}`, who)
    },
    delete: (who, service, path) => {
      const options = { idempotencyKey: randomUUID() }
      return reached(() => at(who, service).delete(path, options), WAIT_MS)
    },
  }
}

async function signInAs(home: Home, signIn: string): Promise<string> {
  const answer = await fetch(`${issuerUrl(home)}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${signIn}:${DEVELOPMENT_PASSWORD}`).toString('base64')}`,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
    signal: AbortSignal.timeout(10_000),
  })
  const { access_token: token } = (await answer.json()) as { access_token?: string }
  if (token) return token
  throw new DayFault(`${signIn} could not sign in (${answer.status}).`, 'See the log of the issuer.')
}

/** `urn:praxisbus:problem:not_found` -> `not_found` */
export const codeOf = (answer: Answer): string | undefined =>
  String(answer.body?.type ?? '')
    .split(':')
    .at(-1)

const isNotYet = (answer: Answer) => answer.status >= 400 && NOT_YET.has(codeOf(answer) ?? '')

function expectDone(answer: Answer, call: string, who: string): Answer {
  if (answer.status < 300) return answer
  const { detail = '', next = '', errors = [] } = answer.body ?? {}
  const fields = errors
    .map((error: { field: string; detail: string }) => `${error.field} ${error.detail}`)
    .join('; ')
  throw new DayFault(
    `${who} asked ${call} and was refused (${answer.status} ${codeOf(answer)}): ${detail} ${fields}`.trim(),
    next || 'See the log of that service.',
  )
}

function hash(...parts: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** Asks until there is something, and says in words what did not come. */
export async function until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = performance.now() + WAIT_MS
  for (;;) {
    const found = await ask()
    if (found !== undefined && found !== false) return found
    if (performance.now() > deadline)
      throw new DayFault(
        `Waited ${WAIT_MS / 1000} s in vain for ${what}.`,
        '`npm run doctor` shows what is behind; see the logs.',
      )
    await sleep(PAUSE_MS)
  }
}
