import { type ServerUnaryCall, type StatusObject, status } from '@grpc/grpc-js'
import type { Authenticate } from '../auth.ts'
import type { Database } from '../db.ts'
import { read } from '../http/command.ts'
import type { Log } from '../log.ts'
import { AuthError, may, type Principal } from '../principal.ts'
import { isRefusal } from '../refusal.ts'
import type { RpcMethod } from './method.ts'
import { CallTooLong, InvalidRequest, refusedCall, thrownCall } from './outcome.ts'

export interface CallParts {
  readonly database: Database
  readonly authenticate: Authenticate
  readonly log: Log
  /** However long the caller would wait. */
  readonly maxCallMs: number
}

export type Call = ServerUnaryCall<unknown, unknown>
export type Outcome = { readonly response: unknown } | { readonly failure: StatusObject }

/** Answers one call; never throws. */
export async function answer(
  parts: CallParts,
  method: RpcMethod,
  name: string,
  call: Call,
  traceId: string,
): Promise<Outcome> {
  try {
    const response = await withinMs(parts.maxCallMs, ask(parts, method, call))
    if (!isRefusal(response)) return { response }
    const refusalStatus = method.refusals[response.refused]
    if (!refusalStatus) throw new Error(`refusal ${response.refused} has no status`)
    return { failure: refusedCall(refusalStatus, response) }
  } catch (error) {
    const failure = thrownCall(error, call.request, traceId)
    if (failure.code === status.INTERNAL) parts.log.error({ err: error, method: name }, 'call failed')
    if (failure.code === status.UNAVAILABLE)
      parts.log.warn({ err: error, method: name }, 'call could not be answered')
    return { failure }
  }
}

async function ask({ database, authenticate }: CallParts, method: RpcMethod, call: Call): Promise<unknown> {
  const credentials = {
    authorization: header(call, 'authorization'),
    practice: header(call, 'praxisbus-practice'),
  }
  const principal = await authenticate(credentials)
  mustHave(principal, method)
  const request = checked(method, call.request)
  return read(database, principal, (ctx) => method.run(ctx, request as never))
}

function mustHave(principal: Principal, { permission }: RpcMethod): void {
  if (may(principal, permission)) return
  throw new AuthError(
    'forbidden',
    `This needs the permission ${permission}`,
    'Ask your administrator for it.',
  )
}

function checked({ input }: RpcMethod, request: unknown): unknown {
  if (!input) return request
  // A text that was not sent arrives as ''.
  const result = input.safeParse(request, {
    error: (issue) => (issue.input === '' ? 'is required' : undefined),
  })
  if (result.success) return result.data
  const [issue] = result.error.issues
  const field = issue!.path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '')
  throw new InvalidRequest(field || 'request', issue!.message)
}

export function header(call: Call, name: string): string | undefined {
  return call.metadata.get(name)[0]?.toString()
}

/** The work itself goes on until PostgreSQL's own statement timeout; the caller no longer waits for it. */
function withinMs<T>(limitMs: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new CallTooLong(`No answer within ${limitMs} ms`)), limitMs)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
