import type { Permission, RpcServices } from '@praxisbus/contracts'
import type { z } from 'zod'
import type { QueryContext } from '../context.ts'
import type { Refusal } from '../refusal.ts'

/** Full name of a service in /protos, for instance `praxisbus.billing.v1.Billing`. */
export type RpcServiceName = keyof RpcServices
export type RpcMethodName<Service extends RpcServiceName> = keyof RpcServices[Service] & string

type Shape<
  Service extends RpcServiceName,
  Name extends RpcMethodName<Service>,
> = RpcServices[Service][Name] extends {
  request: infer Request
  response: infer Response
}
  ? { request: Request; response: Response }
  : never
export type RpcRequest<Service extends RpcServiceName, Name extends RpcMethodName<Service>> = Shape<
  Service,
  Name
>['request']
export type RpcResponse<Service extends RpcServiceName, Name extends RpcMethodName<Service>> = Shape<
  Service,
  Name
>['response']

/** Statuses that say "not like this"; the others are for the plumbing. */
export type RefusalStatus =
  | 'INVALID_ARGUMENT'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'FAILED_PRECONDITION'
  | 'PERMISSION_DENIED'
  | 'OUT_OF_RANGE'

type CodeOf<Answer> = Answer extends Refusal<infer Code> ? Code : never
/** A refusal without a status does not compile; neither does a status for one that cannot happen. */
export type RpcRefusals<Answer> = { readonly [Code in CodeOf<Answer>]: RefusalStatus }

/** A row of `rpc.ts`: which query answers a method, who may ask it, and how its refusals are told. */
export interface RpcMethod<Request = never, Response = unknown> {
  readonly permission: Permission
  /** Checked before the query is asked; what it parses is what `run` gets. */
  readonly input?: z.ZodType
  readonly refusals: Readonly<Record<string, RefusalStatus>>
  readonly run: (ctx: QueryContext, request: Request) => Promise<Response | Refusal>
}

export type RpcMethods<Service extends RpcServiceName = RpcServiceName> = {
  readonly [Name in RpcMethodName<Service>]: RpcMethod<RpcRequest<Service, Name>, RpcResponse<Service, Name>>
}

/** All of a service's methods beside the name of the service, so that neither can be wrong alone. */
export type RpcTable = {
  [Service in RpcServiceName]: {
    /** File in /protos. */
    readonly proto: string
    readonly service: Service
    readonly methods: RpcMethods<Service>
  }
}[RpcServiceName]

/**
 * All methods are queries, so a client may ask again. Each field of the answer must be stated: a text that is unknown is
 * '', a list that is empty []. Refusals are returned, faults thrown.
 */
export function rpcMethod<Answer, Request>(method: {
  readonly permission: Permission
  readonly input?: z.ZodType<Request>
  readonly run: (ctx: QueryContext, request: Request) => Promise<Answer>
  readonly refusals: NoInfer<RpcRefusals<Answer>>
}): RpcMethod<Request, Exclude<Answer, Refusal>> {
  return method as unknown as RpcMethod<Request, Exclude<Answer, Refusal>>
}
