import type { Permission } from '@praxisbus/contracts'
import type { z } from 'zod'
import type { CommandContext, QueryContext } from '../context.ts'
import type { Refusal } from '../refusal.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Endpoint = `${Method} /${string}`

/** The codes an answer may be refused with: what a route must give a status to. */
type CodeOf<Answer> = Answer extends Refusal<infer Code> ? Code : never
type RefusalStatus = 400 | 403 | 404 | 409 | 410 | 412 | 413 | 415 | 422 | 428 | 502 | 503
/** A refusal without a status does not compile; neither does a status for one that cannot happen. */
export type Refusals<Answer> = { readonly [Code in Exclude<CodeOf<Answer>, 'stale'>]: RefusalStatus }

/** Path parameters, query parameters and body arrive as one input: their names must not meet. */
type Input<Params, Query, Body> = Params & Query & Body

interface Common<Params, Query> {
  readonly endpoint: Endpoint
  readonly permission: Permission
  /** One line for the API page. */
  readonly summary: string
  readonly params?: z.ZodType<Params>
  readonly query?: z.ZodType<Query>
  /** What a successful answer looks like, for the API page. */
  readonly output: z.ZodType | 'binary'
}

export interface CommandRoute {
  readonly kind: 'command'
  readonly endpoint: Endpoint
  readonly permission: Permission
  readonly summary: string
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  readonly file?: FileBody
  readonly output: z.ZodType | 'binary'
  readonly status: number
  readonly ifMatch: 'required' | 'optional' | 'none'
  readonly practiceField?: string
  readonly refusals: Readonly<Record<string, number>>
  readonly run: (ctx: CommandContext, input: never) => Promise<unknown>
}

export interface QueryRoute {
  readonly kind: 'query'
  readonly endpoint: Endpoint
  readonly permission: Permission
  readonly summary: string
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly output: z.ZodType | 'binary'
  readonly refusals: Readonly<Record<string, number>>
  readonly run: (ctx: QueryContext, input: never) => Promise<unknown>
}

export type Route = CommandRoute | QueryRoute

/** A body that is a file: its bytes become `input.file`, its declared type `input.contentType`. */
export interface FileBody {
  readonly types: readonly string[]
  readonly maxBytes: number
}

/**
 * A row of `routes.ts` that changes something. POST takes an Idempotency-Key. `ifMatch: 'required'` refuses a caller who
 * does not say which version they edited. An answer with a numeric `version` gets it as its ETag.
 */
export function command<Answer, Params = object, Query = object, Body = object>(
  route: Common<Params, Query> & {
    readonly body?: z.ZodType<Body>
    readonly file?: FileBody
    readonly status?: 200 | 201 | 202
    readonly ifMatch?: 'required' | 'optional'
    /** Name of a body field that may carry the practice's id, for users who work for several (I-01). */
    readonly practiceField?: string
    readonly run: (
      ctx: CommandContext,
      input: Input<NoInfer<Params>, NoInfer<Query>, NoInfer<Body>>,
    ) => Promise<Answer>
    readonly refusals: NoInfer<Refusals<Answer>>
  },
): CommandRoute {
  return { kind: 'command', status: 200, ifMatch: 'none', ...route } as unknown as CommandRoute
}

/** A row of `routes.ts` that only reads. */
export function query<Answer, Params = object, Query = object>(
  route: Common<Params, Query> & {
    readonly run: (
      ctx: QueryContext,
      input: Input<NoInfer<Params>, NoInfer<Query>, object>,
    ) => Promise<Answer>
    readonly refusals: NoInfer<Refusals<Answer>>
  },
): QueryRoute {
  return { kind: 'query', ...route } as unknown as QueryRoute
}

/** An answer that is a file rather than JSON. */
export class BinaryAnswer {
  readonly bytes: Uint8Array
  readonly contentType: string
  readonly fileName?: string
  constructor(bytes: Uint8Array, contentType: string, fileName?: string) {
    this.bytes = bytes
    this.contentType = contentType
    this.fileName = fileName
  }
}
