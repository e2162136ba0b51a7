import type { ServiceName } from '@praxisbus/contracts'
import type { Answer, Api, ApiOptions } from '@praxisbus/testing'

/** A request that somebody made, and what came. */
export interface Recorded {
  readonly service: ServiceName
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly contentType?: string
  readonly ifMatch?: number | string
  readonly answer: Answer
}

export function recording(service: ServiceName, inner: Api, into: Recorded[]): Api {
  const kept = async (
    request: Omit<Recorded, 'answer' | 'service'>,
    asked: Promise<Answer>,
    { ifMatch }: ApiOptions = {},
  ) => {
    const answer = await asked
    into.push({ service, ...request, ifMatch, answer })
    return answer
  }
  return {
    get: (path, options) => kept({ method: 'GET', path }, inner.get(path, options), options),
    post: (path, body, options) =>
      kept({ method: 'POST', path, body }, inner.post(path, body, options), options),
    put: (path, body, options) =>
      kept({ method: 'PUT', path, body }, inner.put(path, body, options), options),
    patch: (path, body, options) =>
      kept({ method: 'PATCH', path, body }, inner.patch(path, body, options), options),
    delete: (path, options) => kept({ method: 'DELETE', path }, inner.delete(path, options), options),
    raw: (method, path, body, contentType, options) =>
      kept({ method, path, body, contentType }, inner.raw(method, path, body, contentType, options), options),
    withToken: (token) => recording(service, inner.withToken(token), into),
  }
}

/** What somebody else sends in its place: their texts say so. */
export const disguised = (body: unknown): unknown =>
  body === undefined
    ? undefined
    : JSON.parse(JSON.stringify(body).replaceAll(new RegExp(SECRET, 'gi'), 'Bystander'))

export function repeated(api: Api, { method, path, body, contentType, ifMatch }: Recorded): Promise<Answer> {
  const options = { ifMatch }
  if (contentType) return api.raw(method, path, body as Uint8Array, contentType, options)
  if (method === 'POST') return api.post(path, disguised(body), options)
  if (method === 'PUT') return api.put(path, disguised(body), options)
  if (method === 'PATCH') return api.patch(path, disguised(body), options)
  return api.delete(path, options)
}

/** Stands in every text about the practice that must not be seen. */
export const SECRET = 'Quillfeather'

export const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi

export const idsIn = (text: string) => new Set(text.match(UUID)?.map((id) => id.toLowerCase()))

export function textOf({ body, headers }: Answer): string {
  const content = Buffer.isBuffer(body) ? body.toString('latin1') : JSON.stringify(body ?? '')
  return `${JSON.stringify([...headers])} ${content}`
}
