import { type Database, type Refusal, rpcMethod } from '@praxisbus/runtime'
import { type GrpcServer, startGrpc } from '@praxisbus/runtime/grpc/server.ts'
import { openLog } from '@praxisbus/runtime/log.ts'
import { bearerOf, freePorts } from '@praxisbus/testing'
import type { Dependents } from '../adapters/billing.ts'

export const NOTHING: Dependents = {
  billStatus: 'none',
  billingEncounterId: '',
  escrowCents: 0,
  closedThrough: '',
  charges: [],
  payments: [],
  documents: [],
}

/** Another system that speaks billing.proto over real gRPC, with the answers a test sets: what they say is billing's business. */
export interface BillingPeer {
  readonly address: string
  readonly asked: { readonly request: unknown; readonly userId: string }[]
  answer: Dependents
  refusal: Refusal<'refused'> | undefined
  start(database: Database): Promise<void>
  stop(): Promise<void>
}

export async function billingPeer(): Promise<BillingPeer> {
  const [port] = (await freePorts(1)) as [number]
  let server: GrpcServer | undefined
  const unused = rpcMethod({
    permission: 'note.unlock',
    run: () => Promise.reject(new Error('not asked here')),
    refusals: {},
  })
  const peer: BillingPeer = {
    address: `127.0.0.1:${port}`,
    asked: [],
    answer: NOTHING,
    refusal: undefined,
    start: async (database) => {
      server = await startGrpc({
        proto: 'billing.proto',
        service: 'praxisbus.billing.v1.Billing',
        methods: {
          GetEncounterDependents: rpcMethod({
            permission: 'note.unlock',
            refusals: { refused: 'FAILED_PRECONDITION' },
            run: async ({ principal }, request: unknown) => {
              peer.asked.push({ request, userId: principal.userId })
              return peer.refusal ?? peer.answer
            },
          }),
          PreviewSession: unused,
          GetVisitBilling: unused,
          ListVisitBilling: unused,
          GetReceipt: unused,
          ProveBatch: unused,
          ListProofEntries: unused,
          ExplainBalance: unused,
        },
        host: '127.0.0.1',
        port,
        database,
        authenticate: bearerOf,
        log: openLog('peer', 'silent'),
      })
    },
    stop: async () => {
      await server?.shutdown()
      server = undefined
    },
  }
  return peer
}
