import {
  Client,
  credentials,
  Metadata,
  type MethodDefinition,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import type { Principal } from '../principal.ts'
import { currentTrace } from '../trace.ts'
import { loadService } from './definition.ts'
import { RpcRefused, RpcUnavailable, type StatusName } from './fault.ts'
import type { RpcMethodName, RpcRequest, RpcResponse, RpcServiceName } from './method.ts'
import { refusalFrom } from './outcome.ts'

export { RpcRefused, RpcUnavailable } from './fault.ts'

export interface RpcClient<Service extends RpcServiceName> {
  /**
   * Asks as this person: their token decides at the other side too. Throws RpcUnavailable where the peer gave no answer
   * within the deadline, RpcRefused where it refused.
   */
  call<Name extends RpcMethodName<Service>>(
    method: Name,
    request: RpcRequest<Service, Name>,
    caller: { readonly principal: Pick<Principal, 'token' | 'practiceId'>; readonly traceparent?: string },
  ): Promise<RpcResponse<Service, Name>>
  close(): void
}

const DEADLINE_MS = 2_000
/** CANCELLED: never by us, so the peer was cut off while it answered. */
const NO_ANSWER = new Set([status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.CANCELLED])

/** One connection per replica of a peer, kept; nothing is sent until the first call. */
export function connectRpc<Service extends RpcServiceName>(peer: {
  /** File in /protos. */
  readonly proto: string
  readonly service: Service
  /** host:port; a name with several addresses is used in turn. */
  readonly address: string
  /** For a call and its retries together. */
  readonly deadlineMs?: number
}): RpcClient<Service> {
  const { service } = loadService(peer.proto, peer.service)
  const client = new Client(peer.address, credentials.createInsecure(), channelOptions(peer.service))
  return {
    call: (method, request, { principal, traceparent = currentTrace().traceparent }) => {
      const metadata = new Metadata({ waitForReady: false })
      metadata.set('authorization', `Bearer ${principal.token}`)
      metadata.set('praxisbus-practice', principal.practiceId)
      metadata.set('traceparent', traceparent)
      return unary(
        client,
        service[method] as unknown as MethodDefinition<never, never>,
        request as never,
        metadata,
        peer.deadlineMs ?? DEADLINE_MS,
      )
    },
    close: () => client.close(),
  }
}

function unary<Response>(
  client: Client,
  method: MethodDefinition<never, Response>,
  request: never,
  metadata: Metadata,
  deadlineMs: number,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      metadata,
      { deadline: Date.now() + deadlineMs },
      (error, response) => (error ? reject(asFault(method.path.slice(1), error)) : resolve(response!)),
    )
  })
}

function asFault(method: string, error: ServiceError): Error {
  const code = status[error.code] as StatusName
  if (NO_ANSWER.has(error.code)) return new RpcUnavailable(method, code, error)
  const refusal = refusalFrom(error.metadata)
  return refusal
    ? new RpcRefused(method, code, refusal)
    : new Error(`${method}: ${error.message}`, { cause: error })
}

/**
 * Retries are allowed because every gRPC method is a query. A restarting peer is found again within a second (the
 * default waits up to two minutes), and a silent one is noticed by keepalive rather than by the next caller.
 */
function channelOptions(service: string) {
  return {
    'grpc.service_config': JSON.stringify({
      loadBalancingConfig: [{ round_robin: {} }],
      methodConfig: [
        {
          name: [{ service }],
          retryPolicy: {
            maxAttempts: 5,
            initialBackoff: '0.1s',
            maxBackoff: '0.8s',
            backoffMultiplier: 2,
            retryableStatusCodes: ['UNAVAILABLE'],
          },
        },
      ],
      // While most calls fail, retries would only add to the load.
      retryThrottling: { maxTokens: 100, tokenRatio: 0.5 },
    }),
    'grpc.service_config_disable_resolution': 1,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1_000,
    'grpc.keepalive_time_ms': 10_000,
    'grpc.keepalive_timeout_ms': 3_000,
    'grpc.keepalive_permit_without_calls': 1,
    // A proxy for the web is not the way to a neighbour.
    'grpc.enable_http_proxy': 0,
  }
}
