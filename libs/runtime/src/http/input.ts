import { createHash } from 'node:crypto'
import type { Request } from 'express'
import type { z } from 'zod'
import { HttpFault, problem } from './problem.ts'
import type { CommandRoute, QueryRoute } from './route.ts'

const MAX_ERRORS = 20

/** Path, query and body checked against the route's schemas; throws a 400 that names each faulty field. */
export function readInput(route: CommandRoute | QueryRoute, request: Request): Record<string, unknown> {
  const errors: { field: string; detail: string }[] = []
  const check = (schema: z.ZodType | undefined, value: unknown): object => {
    if (!schema) return {}
    const result = schema.safeParse(value, {
      error: (issue) => (issue.input === undefined ? 'is required' : undefined),
    })
    if (result.success) return result.data as object
    for (const issue of result.error.issues) errors.push(...fieldsOf(issue))
    return {}
  }
  const body = route.kind === 'command' ? route.body : undefined
  const input = {
    ...check(route.params, request.params),
    ...check(route.query, request.query),
    ...check(body, body ? (request.body ?? {}) : undefined),
    ...(route.kind === 'command' && route.file
      ? { file: request.body as Buffer, contentType: request.get('content-type') }
      : {}),
  }
  const unstorable = findUnstorable(input)
  if (unstorable) errors.push({ field: unstorable, detail: 'contains NUL or half a surrogate pair' })
  if (errors.length > 0) throw invalidInput(errors)
  return input
}

function fieldsOf(issue: z.core.$ZodIssue): { field: string; detail: string }[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: [...path, key].join('.'),
      detail: 'is not a field of this request',
    }))
  }
  return [{ field: path.join('.') || 'body', detail: issue.message }]
}

export function invalidInput(errors: { field: string; detail: string }[]): HttpFault {
  const first = errors[0]!
  return new HttpFault(
    problem(
      400,
      'invalid_input',
      `${first.field}: ${first.detail}`,
      'Correct the named fields and send the request again; nothing was changed.',
      {
        errors: errors.slice(0, MAX_ERRORS),
      },
    ),
  )
}

/** What PostgreSQL cannot store in text: better said here, by name, than as a fault there. */
const storable = (text: string) => !text.includes('\u0000') && text.isWellFormed()

/** Path of the first text that cannot be stored. */
function findUnstorable(value: unknown, path = ''): string | undefined {
  if (typeof value === 'string') return storable(value) ? undefined : path
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return undefined
  for (const [key, inner] of Object.entries(value)) {
    const found = storable(key) ? findUnstorable(inner, path ? `${path}.${key}` : key) : path || 'body'
    if (found !== undefined) return found
  }
  return undefined
}

/** `"7"` -> 7. Weak and `*` validators are not taken: they do not say what the caller has seen. */
export function readIfMatch(route: CommandRoute, header: string | undefined): number | undefined {
  if (route.ifMatch === 'none') return undefined
  if (header === undefined) {
    if (route.ifMatch === 'optional') return undefined
    throw new HttpFault(
      problem(
        428,
        'if_match_required',
        'This change needs to know which version you edited.',
        'Read the record and send its ETag in If-Match.',
        {
          errors: [{ field: 'If-Match', detail: 'is required' }],
        },
      ),
    )
  }
  const version = /^"([1-9][0-9]{0,14})"$/.exec(header.trim())?.[1]
  if (!version)
    throw invalidInput([{ field: 'If-Match', detail: 'must be the ETag of the record, such as "3"' }])
  return Number(version)
}

const KEY = /^[\x21-\x7e]{1,200}$/

/** Every POST carries a key; the hash covers everything that decides the effect. */
export function readIdempotency(
  route: CommandRoute,
  request: Request,
): { key: string; requestHash: Buffer } | undefined {
  const key = request.get('idempotency-key')
  if (key === undefined) {
    if (!route.endpoint.startsWith('POST ')) return undefined
    throw new HttpFault(
      problem(
        400,
        'idempotency_key_required',
        'A POST needs an Idempotency-Key, so that a retry cannot do it twice.',
        'Send a new UUID in Idempotency-Key, and the same one when you repeat the request.',
        { errors: [{ field: 'Idempotency-Key', detail: 'is required' }] },
      ),
    )
  }
  if (!KEY.test(key))
    throw invalidInput([{ field: 'Idempotency-Key', detail: 'must be 1 to 200 printable ASCII characters' }])
  const body = Buffer.isBuffer(request.body) ? request.body : JSON.stringify(request.body ?? null)
  const hash = createHash('sha256')
    .update(
      [
        request.method,
        request.originalUrl,
        request.get('if-match'),
        Buffer.isBuffer(body) && request.get('content-type'),
        '',
      ].join('\n'),
    )
    .update(body)
  return { key, requestHash: hash.digest() }
}
