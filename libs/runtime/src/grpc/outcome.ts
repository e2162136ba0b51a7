import { Metadata, type StatusObject, status } from '@grpc/grpc-js'
import { DatabaseUnavailable, sqlState } from '../db.ts'
import { AuthError, SignInUnavailable } from '../principal.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import { TooBusy } from '../turns.ts'
import { RpcUnavailable, type StatusName } from './fault.ts'
import type { RefusalStatus } from './method.ts'

/** Trailing metadata of a refused call: the refusal as JSON. */
export const REFUSAL_TRAILER = 'praxisbus-refusal'
/** Clients of other languages drop a call whose metadata are larger than 8 KiB, so a long `extra` is left out. */
const MAX_TRAILER_BYTES = 6_000

/** Thrown where the request does not match the row's schema, before the query is asked. */
export class InvalidRequest extends Error {
  readonly refusal: Refusal
  constructor(field: string, detail: string) {
    super(detail)
    this.refusal = invalidInput(field, detail)
  }
}

export function refusedCall(name: RefusalStatus | 'UNAUTHENTICATED', refusal: Refusal): StatusObject {
  const metadata = new Metadata()
  metadata.set(REFUSAL_TRAILER, trailer(refusal))
  return { code: status[name], details: refusal.detail, metadata }
}

/** What a caller is told about something thrown. INTERNAL says nothing but the trace, by which the log has the rest. */
export function thrownCall(error: unknown, request: unknown, traceId: string): StatusObject {
  if (error instanceof InvalidRequest) return refusedCall('INVALID_ARGUMENT', error.refusal)
  if (error instanceof AuthError) {
    const name = error.kind === 'unauthenticated' ? 'UNAUTHENTICATED' : 'PERMISSION_DENIED'
    return refusedCall(name, refuse(error.kind, { detail: error.message, next: error.next }))
  }
  const missing = [...AWAY].find(([kind]) => error instanceof kind)
  if (missing) return plain('UNAVAILABLE', `${missing[1]} cannot be reached just now`)
  if (error instanceof CallTooLong) return plain('DEADLINE_EXCEEDED', error.message)
  const field = fieldAtFault(error, request)
  if (field) return refusedCall('INVALID_ARGUMENT', invalidInput(field, 'is not of the form this field has'))
  return plain('INTERNAL', `Internal fault; the log of this service has it under trace ${traceId}`)
}

/** The call was stopped by the bound of this server. */
export class CallTooLong extends Error {}

/** What may be away for a while: the caller may ask again. */
const AWAY = new Map<new (...args: never[]) => Error, string>([
  [DatabaseUnavailable, 'The database of this service'],
  [SignInUnavailable, 'The sign-in of this service'],
  [RpcUnavailable, 'Another service that has to be asked'],
  [TooBusy, 'A free connection to the database of this service'],
])

function invalidInput(field: string, detail: string): Refusal {
  return refuse('invalid_input', {
    field,
    detail: `${field}: ${detail}`,
    next: 'Correct the named field and ask again.',
  })
}

function plain(name: StatusName, details: string): StatusObject {
  return { code: status[name], details, metadata: new Metadata() }
}

/** Metadata are ASCII, so everything else is written as \\uXXXX. */
function trailer(refusal: Refusal): string {
  const ascii = (value: unknown) =>
    JSON.stringify(value).replace(
      /[^\x20-\x7e]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  const full = ascii(refusal)
  if (full.length <= MAX_TRAILER_BYTES) return full
  const { extra, ...rest } = refusal
  return ascii(rest)
}

export function refusalFrom(metadata: Metadata): Refusal | undefined {
  const [text] = metadata.get(REFUSAL_TRAILER)
  if (text === undefined) return undefined
  try {
    const refusal: unknown = JSON.parse(text.toString())
    return isRefusal(refusal) ? refusal : undefined
  } catch {
    return undefined
  }
}

/** A text that is no uuid, date or number; one out of range; one that PostgreSQL cannot store (NUL). */
const BAD_VALUE = new Set(['22P02', '22007', '22008', '22003', '22021'])

/**
 * The request's field that PostgreSQL could not take, found by the value it complains of. Where no field has that value,
 * the query itself is wrong, and that is not the caller's fault.
 */
function fieldAtFault(error: unknown, request: unknown): string | undefined {
  const state = sqlState(error)
  if (!state || !BAD_VALUE.has(state)) return undefined
  const value = /"([\s\S]*)"/.exec((error as Error).message)?.[1]
  const guilty =
    state === '22021' ? (text: string) => text.includes('\u0000') : (text: string) => text === value
  return leaves(request).find(([, leaf]) => guilty(String(leaf)))?.[0]
}

function leaves(value: unknown, path = ''): [path: string, leaf: unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]]
  return Object.entries(value).flatMap(([key, inner]) => {
    const step = Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key
    return leaves(inner, step)
  })
}
