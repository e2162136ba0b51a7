import { randomUUID } from 'node:crypto'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** JSON parsed; text as a string; anything else as a Buffer; undefined when there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it expects of the answer, and fails when it is not so
  readonly body: any
}

export interface ApiOptions {
  /** For POST, default: a new one. null: none. */
  readonly idempotencyKey?: string | null
  /** A record's version, or the header's value as it stands. */
  readonly ifMatch?: number | string
  /** Which practice the request is for, where the user has several. */
  readonly practiceId?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface Api {
  get(path: string, options?: ApiOptions): Promise<Answer>
  /** Bodies are sent as JSON. */
  post(path: string, body?: unknown, options?: ApiOptions): Promise<Answer>
  put(path: string, body?: unknown, options?: ApiOptions): Promise<Answer>
  patch(path: string, body?: unknown, options?: ApiOptions): Promise<Answer>
  delete(path: string, options?: ApiOptions): Promise<Answer>
  /** Sends a text or a file as it is. */
  raw(
    method: string,
    path: string,
    body: string | Uint8Array,
    contentType: string,
    options?: ApiOptions,
  ): Promise<Answer>
  /** The same service, seen with another token. */
  withToken(token: string): Api
}

const TIMEOUT_MS = 20_000

/** A service's HTTP interface as one signed-in user sees it. Without a token: as nobody. */
export function api(baseUrl: string, token?: string, practiceId?: string): Api {
  const send = async (
    method: string,
    path: string,
    content: { body?: string | Uint8Array; type?: string },
    options: ApiOptions = {},
  ): Promise<Answer> => {
    const response = await fetch(new URL(path, baseUrl), {
      method,
      headers: present({
        authorization: token === undefined ? undefined : `Bearer ${token}`,
        'praxisbus-practice': options.practiceId ?? practiceId,
        'content-type': content.type,
        'idempotency-key': idempotencyKey(method, options),
        'if-match': typeof options.ifMatch === 'number' ? `"${options.ifMatch}"` : options.ifMatch,
        ...options.headers,
      }),
      body: content.body as RequestInit['body'],
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return { status: response.status, headers: response.headers, body: await read(response) }
  }
  const json = (body: unknown) =>
    body === undefined ? {} : { body: JSON.stringify(body), type: 'application/json' }
  return {
    get: (path, options) => send('GET', path, {}, options),
    post: (path, body, options) => send('POST', path, json(body), options),
    put: (path, body, options) => send('PUT', path, json(body), options),
    patch: (path, body, options) => send('PATCH', path, json(body), options),
    delete: (path, options) => send('DELETE', path, {}, options),
    raw: (method, path, body, type, options) => send(method, path, { body, type }, options),
    withToken: (other) => api(baseUrl, other, practiceId),
  }
}

function idempotencyKey(method: string, options: ApiOptions): string | undefined {
  if (options.idempotencyKey !== undefined) return options.idempotencyKey ?? undefined
  return method === 'POST' ? randomUUID() : undefined
}

function present(headers: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

async function read(response: Response): Promise<unknown> {
  const bytes = Buffer.from(await response.arrayBuffer())
  if (bytes.length === 0) return undefined
  const type = response.headers.get('content-type') ?? ''
  if (/[/+]json\b/.test(type)) return JSON.parse(bytes.toString())
  return type.startsWith('text/') ? bytes.toString() : bytes
}
