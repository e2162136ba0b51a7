import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type handleUnaryCall, Server, ServerCredentials, setLogger, status } from '@grpc/grpc-js'
import type { ServiceDefinition } from '@grpc/proto-loader'
import { ReflectionService } from '@grpc/reflection'
import { PERMISSIONS } from '@praxisbus/contracts'
import { HealthImplementation } from 'grpc-health-check'
import type { Authenticate } from '../auth.ts'
import type { Database } from '../db.ts'
import type { Log } from '../log.ts'
import { inTrace, traceFrom } from '../trace.ts'
import { answer, type Call, header } from './call.ts'
import { loadService } from './definition.ts'
import type { StatusName } from './fault.ts'
import type { RpcMethod, RpcTable } from './method.ts'

export interface GrpcSettings {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly database: Database
  readonly authenticate: Authenticate
  readonly log: Log
  /** For metrics: the method's full name, `CANCELLED` where the caller did not wait for the answer. */
  readonly onCall?: (call: { method: string; code: StatusName; ms: number }) => void
  /** Bound of every call, whether its caller has a deadline or not. */
  readonly maxCallMs?: number
}

export interface GrpcServer {
  readonly port: number
  /** What health checks say; calls are answered either way. */
  setServing(serving: boolean): void
  /** Takes no new calls, finishes those in hand within 10 s, then cuts. */
  shutdown(): Promise<void>
}

const MAX_CALL_MS = 10_000
const SHUTDOWN_MS = 10_000
/** After the last answer was given to the socket. */
const FLUSH_MS = 200
/** A question is small; answers are bound by what a query returns. */
const MAX_REQUEST_BYTES = 1024 * 1024
/** Replicas that came later get their share of callers, because callers look up the name again when a connection ends. */
const CONNECTION_AGE_MS = 5 * 60_000

/**
 * Serves one service of /protos with health and reflection, which everybody may ask. Throws, naming the method, where
 * one declares no known permission (mission P-06), has no row in the table, or has a row without being in the proto.
 */
export async function startGrpc({
  proto,
  service: name,
  methods,
  ...settings
}: RpcTable & GrpcSettings): Promise<GrpcServer> {
  const { all, service } = loadService(proto, name)
  const table = new Map<string, RpcMethod>(Object.entries(methods))
  checkTable(name, service, table)
  logAs(settings.log)
  const server = new Server({
    'grpc.max_receive_message_length': MAX_REQUEST_BYTES,
    'grpc.max_connection_age_ms': CONNECTION_AGE_MS,
    'grpc.max_connection_age_grace_ms': MAX_CALL_MS,
  })
  const inHand = new Set<Call>()
  server.addService(
    service,
    Object.fromEntries(
      [...table].map(([method, row]) => [method, handler(`${name}/${method}`, row, settings, inHand)]),
    ),
  )
  const health = new HealthImplementation({ '': 'SERVING', [name]: 'SERVING' })
  health.addToServer(server)
  new ReflectionService(all).addToServer(server)
  const setServing = (serving: boolean) => {
    for (const each of ['', name]) health.setStatus(each, serving ? 'SERVING' : 'NOT_SERVING')
  }
  const port = await promisify(server.bindAsync.bind(server))(
    `${settings.host}:${settings.port}`,
    ServerCredentials.createInsecure(),
  )
  return {
    port,
    setServing,
    shutdown: async () => {
      setServing(false)
      await finished(server, inHand)
      server.forceShutdown()
    },
  }
}

/** grpc-js would write plain text to stderr. Its logger is one per process, as a service is. */
function logAs(log: Log): void {
  const debug = (text: string) => log.debug({ grpc: text }, 'grpc-js')
  setLogger({ error: (text: string) => log.warn({ grpc: text }, 'grpc-js'), info: debug, debug })
}

function checkTable(name: string, service: ServiceDefinition, table: ReadonlyMap<string, RpcMethod>): void {
  for (const method of Object.keys(service)) {
    if (!table.has(method)) throw new Error(`gRPC method ${name}/${method} has no row in rpc.ts`)
  }
  for (const [method, { permission }] of table) {
    if (!(method in service)) throw new Error(`gRPC method ${name}/${method} is not in the proto`)
    if (!PERMISSIONS.includes(permission))
      throw new Error(`gRPC method ${name}/${method} declares no known permission`)
  }
}

function handler(
  name: string,
  method: RpcMethod,
  settings: GrpcSettings,
  inHand: Set<Call>,
): handleUnaryCall<unknown, unknown> {
  const parts = { ...settings, maxCallMs: settings.maxCallMs ?? MAX_CALL_MS }
  return (call, callback) => {
    const began = performance.now()
    const trace = traceFrom(header(call, 'traceparent'))
    inHand.add(call)
    void inTrace(trace, async () => {
      const outcome = await answer(parts, method, name, call, trace.traceId)
      inHand.delete(call)
      const code = 'failure' in outcome ? outcome.failure.code : status.OK
      if ('failure' in outcome) callback(outcome.failure)
      else callback(null, outcome.response)
      const told = call.cancelled ? status.CANCELLED : code
      settings.onCall?.({ method: name, code: status[told] as StatusName, ms: performance.now() - began })
    })
  }
}

/** grpc-js waits for every stream, and a health watch never ends; so it ends with the last call in hand. */
async function finished(server: Server, inHand: ReadonlySet<Call>): Promise<void> {
  const closed = promisify(server.tryShutdown.bind(server))().then(() => true)
  const until = performance.now() + SHUTDOWN_MS
  let quietMs = 0
  while (quietMs <= FLUSH_MS && performance.now() < until) {
    const step = 50
    if (await Promise.race([closed, delay(step, false)])) return
    quietMs = inHand.size === 0 ? quietMs + step : 0
  }
}
