import type { Permission } from '@praxisbus/contracts'
import type { z } from 'zod'
import type { ActContext } from '../act.ts'
import type { CommandContext, QueryContext } from '../context.ts'
import type { Database } from '../db.ts'
import type { Principal } from '../principal.ts'
import type { Refusal } from '../refusal.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Endpoint = `${Method} /${string}`

/** The codes an answer may be refused with: what a route must give a status to. */
type CodeOf<Answer> = Answer extends Refusal<infer Code> ? Code : never
type RefusalStatus = 400 | 401 | 403 | 404 | 409 | 410 | 412 | 413 | 415 | 422 | 428 | 502 | 503
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
  readonly prepare?: Prepare<never, object>
  readonly run: (ctx: CommandContext, input: never) => Promise<unknown>
}

/** What a command has before its transaction. */
export interface Early {
  readonly principal: Principal
  /** Asks the database. Between its questions no connection and no lock is held. */
  readonly read: <T>(work: (ctx: QueryContext) => Promise<T>) => Promise<T>
}

/**
 * What takes long and changes no row, done before the command's transaction, which would hold up migrations meanwhile. It hands what
 * came of it to `go`, which runs the command and whose answer it returns; so it can clean up behind it. Refusals of it are handed on too:
 * then they are kept for the Idempotency-Key. Two requests of one key may both get here at the same moment.
 */
export type Prepare<Sent, Ready> = <T>(
  early: Early,
  sent: Sent,
  go: (ready: Ready) => Promise<T>,
) => Promise<T>

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

/** What a sender outside asked, before anybody has said that it is they. */
export interface SentRequest {
  header(name: string): string | undefined
  /** As it came over the wire: a signature is over these bytes. */
  readonly body: Buffer
}

/** Our own record that a message is about. */
export interface Found {
  readonly practiceId: string
}

export interface WebhookRoute {
  readonly kind: 'webhook'
  readonly endpoint: Endpoint
  readonly summary: string
  /** Who sends it: stands in the audit trail as the user. */
  readonly sender: string
  /** The header that carries the signature, for the API page. */
  readonly signedIn: string
  readonly output: z.ZodType
  readonly status: number
  readonly refusals: Readonly<Record<string, number>>
  /** Refuses what the sender did not sign. Nothing else of the request is looked at before. */
  readonly verify: (request: SentRequest) => unknown
  readonly find: (across: Database, message: never) => Promise<Found | undefined>
  readonly run: (ctx: CommandContext, input: never) => Promise<unknown>
}

export interface Page {
  readonly status: number
  readonly html: string
}

export interface PageRoute {
  readonly kind: 'page'
  readonly endpoint: Endpoint
  /** Said aloud, so that no route is open by omission: whoever holds the link may see the page. */
  readonly access: 'link'
  readonly summary: string
  readonly find: (across: Database, token: string) => Promise<Found | undefined>
  readonly run: (ctx: ActContext, found: never, fields: Readonly<Record<string, string>>) => Promise<Page>
  /** Where the link leads nowhere. */
  readonly missing: Page
  /** Where the page cannot be shown just now. */
  readonly away: Page
}

export type Route = CommandRoute | QueryRoute | WebhookRoute | PageRoute

/** A body that is a file: its bytes become `input.file`, its declared type `input.contentType`. */
export interface FileBody {
  readonly types: readonly string[]
  readonly maxBytes: number
  /**
   * Asked before the file is read into memory: takes one of a bounded number of places, or throws an HttpFault. What it returns
   * gives the place back.
   */
  readonly enter?: () => () => void
}

/**
 * A row of `routes.ts` that changes something. POST takes an Idempotency-Key. `ifMatch: 'required'` refuses a caller who
 * does not say which version they edited. An answer with a numeric `version` gets it as its ETag.
 */
export function command<Answer, Params = object, Query = object, Body = object, Ready = object>(
  route: Common<Params, Query> & {
    readonly body?: z.ZodType<Body>
    readonly file?: FileBody
    readonly status?: 200 | 201 | 202
    readonly ifMatch?: 'required' | 'optional'
    /** Name of a body field that may carry the practice's id, for users who work for several (I-01). */
    readonly practiceField?: string
    readonly prepare?: Prepare<Input<NoInfer<Params>, NoInfer<Query>, NoInfer<Body>>, Ready>
    /** `input` has what `prepare` handed on too. */
    readonly run: (
      ctx: CommandContext,
      input: Input<NoInfer<Params>, NoInfer<Query>, NoInfer<Body>> & NoInfer<Ready>,
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

/**
 * A row of `routes.ts` for messages of another system, which has no user's token: it signs what it sends. `verify` refuses
 * what is not signed. `find` says whose record the message is about, by our own rows and with the relay's login, which sees
 * ids only; `run` then acts as that practice's application. A message about nothing of ours is acknowledged and logged, since
 * its sender can do nothing about it.
 */
export function webhook<Message, Whose extends Found, Answer>(route: {
  readonly endpoint: Endpoint
  readonly summary: string
  readonly sender: string
  readonly signedIn: string
  readonly output: z.ZodType
  readonly verify: (request: SentRequest) => Message
  readonly find: (across: Database, message: NoInfer<Exclude<Message, Refusal>>) => Promise<Whose | undefined>
  readonly run: (
    ctx: CommandContext,
    input: { readonly message: NoInfer<Exclude<Message, Refusal>>; readonly found: NoInfer<Whose> },
  ) => Promise<Answer>
  readonly refusals: NoInfer<Refusals<Message> & Refusals<Answer>>
}): WebhookRoute {
  return { kind: 'webhook', status: 200, ...route } as unknown as WebhookRoute
}

/**
 * A row of `routes.ts` for a page that people open by a link which was sent to them, without a sign-in. The last part of the path,
 * `:token`, is all that they show: it has to be beyond guessing, and kept as a hash. `find` says whose record it is about, with the
 * relay's login; `run` then acts as that practice's application, with the fields of the form where there are any.
 */
export function page<Whose extends Found>(route: {
  readonly endpoint: `GET /${string}/:token` | `POST /${string}/:token`
  readonly access: 'link'
  readonly summary: string
  readonly find: (across: Database, token: string) => Promise<Whose | undefined>
  readonly run: (
    ctx: ActContext,
    found: NoInfer<Whose>,
    fields: Readonly<Record<string, string>>,
  ) => Promise<Page>
  readonly missing: Page
  readonly away: Page
}): PageRoute {
  return { kind: 'page', ...route } as unknown as PageRoute
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
