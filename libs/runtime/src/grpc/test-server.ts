import { fileURLToPath } from 'node:url'
import {
  type Client,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { fields, type Permission } from '@praxisbus/contracts'
import { database, issuer } from '@praxisbus/testing'
import { pino } from 'pino'
import { z } from 'zod'
import { openAuth } from '../auth.ts'
import { openDatabase } from '../db.ts'
import { newId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import { sql } from '../sql.ts'
import { currentTrace } from '../trace.ts'
import { connectRpc } from './client.ts'
import type { StatusName } from './fault.ts'
import { type RpcTable, rpcMethod } from './method.ts'
import { type GrpcSettings, startGrpc } from './server.ts'

const EHR_PROTO = fileURLToPath(new URL('../../../../protos/ehr.proto', import.meta.url))

/** For tests of the plumbing: the EHR's proto over a database that holds nothing but the audit trail. */
export const MISSING = newId()
export const BROKEN = newId()
/** Takes PostgreSQL a second. */
export const SLOW = newId()

export const ehr: RpcTable = {
  proto: 'ehr.proto',
  service: 'praxisbus.ehr.v1.Ehr',
  methods: {
    /** `encounterNumber` says how often the practice has read this encounter before. */
    GetEncounter: rpcMethod({
      permission: 'encounter.read',
      refusals: { no_encounter: 'NOT_FOUND' },
      run: async (ctx, { encounterId }) => {
        if (encounterId === BROKEN) throw new Error('secret inside')
        if (encounterId === SLOW) await ctx.tx.run(sql`select pg_sleep(1)`)
        if (encounterId === MISSING) {
          const why = { field: 'encounterId', detail: 'Es gibt keine – 没有.', next: 'Look it up again.' }
          return refuse('no_encounter', { ...why, extra: { known: ['ä', 1] } })
        }
        const { times } = await ctx.tx.one<{ times: number }>(
          sql`select count(*) as times from audit where record_type = 'encounter' and record_id = (${encounterId}::uuid)::text`,
        )
        ctx.audit('encounter', encounterId)
        return {
          encounterId,
          encounterNumber: times,
          appointmentId: '',
          patientId: ctx.principal.userId,
          status: currentTrace().traceId,
          released: true,
          version: Number.MAX_SAFE_INTEGER,
        }
      },
    }),
    GetVisitNotes: rpcMethod({
      permission: 'visit.read',
      input: z.object({ appointmentId: fields.id }),
      refusals: {},
      run: async () => ({ encounters: [] }),
    }),
    ListVisitNotes: rpcMethod({
      permission: 'visit.read',
      refusals: {},
      run: async () => ({ encounters: [] }),
    }),
  },
}

export async function openTrial() {
  const clone = await database('runtime')
  const signIn = await issuer()
  const app = openDatabase(clone.appUrl, { max: 4 })
  const logged: string[] = []
  const calls: { method: string; code: StatusName; ms: number }[] = []
  const settings: GrpcSettings = {
    host: '127.0.0.1',
    port: 0,
    database: app,
    authenticate: openAuth({ issuer: signIn.url, audience: 'praxisbus' }),
    log: pino(
      { mixin: () => ({ traceId: currentTrace().traceId }) },
      { write: (line: string) => logged.push(line) },
    ),
    onCall: (call) => calls.push(call),
  }
  const closing: (() => unknown)[] = []
  return {
    settings,
    logged,
    calls,
    /** Run by `close`, in order. */
    closing,
    start: async (over: Partial<GrpcSettings> & Partial<RpcTable> = {}) => {
      const server = await startGrpc({ ...ehr, ...settings, ...over } as RpcTable & GrpcSettings)
      closing.push(server.shutdown)
      return server
    },
    client: (port: number, deadlineMs?: number) => {
      const address = `127.0.0.1:${port}`
      const client = connectRpc({ proto: ehr.proto, service: 'praxisbus.ehr.v1.Ehr', address, deadlineMs })
      closing.push(client.close)
      return client
    },
    /** A client as others write it: nothing of ours but the address. */
    plainClient: (port: number, proto: string = EHR_PROTO, service: string = ehr.service) => {
      const client = plainClient(proto, service, port)
      closing.push(() => client.close())
      return client
    },
    /** What a client says of a user of these practices, calling for the first. */
    caller: async (permissions: readonly Permission[], practiceIds: readonly string[]) => {
      const grant = { roles: [], permissions: [...permissions] }
      const practices = Object.fromEntries(practiceIds.map((id) => [id, grant]))
      const token = await signIn.token({ userId: 'user-1', name: 'Test User', practices })
      return { token, practiceId: practiceIds[0]! }
    },
    close: async () => {
      for (const close of closing) await close()
      await Promise.all([app.close(), signIn.stop()])
      await clone.drop()
    },
  }
}

function plainClient(
  protoFile: string,
  serviceName: string,
  port: number,
): Client & Record<string, (...args: unknown[]) => unknown> {
  let found: unknown = loadPackageDefinition(
    loadSync(protoFile, { longs: Number, enums: String, defaults: true }),
  )
  for (const step of serviceName.split('.')) found = (found as Record<string, unknown>)[step]
  const Service = found as new (
    ...args: unknown[]
  ) => Client & Record<string, (...args: unknown[]) => unknown>
  return new Service(`127.0.0.1:${port}`, credentials.createInsecure())
}

/** One call with these metadata; answers what the wire said. */
export function plainCall(
  client: ReturnType<typeof plainClient>,
  method: string,
  request: object,
  headers: Record<string, string> = {},
): Promise<{ code: string; details: string; response?: Record<string, unknown>; trailer?: unknown }> {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
  return new Promise((resolve) => {
    client[method]!(request, metadata, (error: ServiceError | null, response: Record<string, unknown>) =>
      resolve({
        code: status[error?.code ?? 0]!,
        details: error?.details ?? '',
        response,
        trailer: error?.metadata.get('praxisbus-refusal')[0],
      }),
    )
  })
}

/** What a promise was rejected with. */
export function thrown(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (answer) => {
      throw new Error(`was answered: ${JSON.stringify(answer)}`)
    },
    (error: unknown) => error,
  )
}
