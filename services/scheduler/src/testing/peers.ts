import type { RpcServices } from '@praxisbus/contracts'
import { type Database, type QueryContext, type Refusal, rpcMethod } from '@praxisbus/runtime'
import { type GrpcServer, startGrpc } from '@praxisbus/runtime/grpc/server.ts'
import { openLog } from '@praxisbus/runtime/log.ts'
import { bearerOf } from '@praxisbus/testing'

type Answer<
  Service extends keyof RpcServices,
  Method extends keyof RpcServices[Service],
> = RpcServices[Service][Method] extends { response: infer Response } ? Response : never

type Preview = Answer<'praxisbus.billing.v1.Billing', 'PreviewSession'>
type Money = Answer<'praxisbus.billing.v1.Billing', 'GetVisitBilling'>
type Notes = Answer<'praxisbus.ehr.v1.Ehr', 'GetVisitNotes'>

export const NO_BILL: Money = {
  billStatus: 'none',
  billingEncounterId: '',
  chargedCents: 0,
  appliedCents: 0,
  escrowCents: 0,
  sessionTaken: false,
  cancelled: false,
}
const NOTHING: Preview = { lines: [], totalCents: 0, escrowCents: 0, onlinePayment: false }

/**
 * Two other systems that speak billing.proto and ehr.proto over real gRPC, with the answers a test sets: what they say is
 * billing's and the EHR's business, what the scheduler does with it is the matter of its tests.
 */
export class Peers {
  preview: Preview = NOTHING
  money: Money = NO_BILL
  /** Of single visits of a series. */
  readonly moneyOf = new Map<string, Money>()
  notes: Notes['encounters'] = []
  refusal: Refusal<'refused'> | undefined
  /** How long an answer takes. */
  delayMs = 0
  readonly asked: { readonly method: string; readonly request: unknown; readonly userId: string }[] = []
  private servers: GrpcServer[] = []
  private readonly ports: { billing: number; ehr: number }

  constructor(ports: { billing: number; ehr: number }) {
    this.ports = ports
  }

  reset(): void {
    Object.assign(this, { preview: NOTHING, money: NO_BILL, notes: [], refusal: undefined, delayMs: 0 })
    this.moneyOf.clear()
    this.asked.length = 0
  }

  note(status: string, released = false, appointmentId = ''): void {
    const ids = { encounterId: '', appointmentId, patientId: '' }
    this.notes = [...this.notes, { ...ids, encounterNumber: 1, status, released, version: 1 }]
  }

  async start(database: Database): Promise<void> {
    const common = { host: '127.0.0.1', database, authenticate: bearerOf, log: openLog('peer', 'silent') }
    const told = async (method: string, ctx: QueryContext, request: unknown) => {
      this.asked.push({ method, request, userId: ctx.principal.userId })
      await new Promise((resolve) => setTimeout(resolve, this.delayMs))
      return this.refusal
    }
    const permission = 'visit.read'
    const refusals = { refused: 'FAILED_PRECONDITION' } as const
    const unused = rpcMethod({
      permission: 'visit.read',
      run: () => Promise.reject(new Error('not asked here')),
      refusals: {},
    })
    this.servers = await Promise.all([
      startGrpc({
        proto: 'billing.proto',
        service: 'praxisbus.billing.v1.Billing',
        methods: {
          PreviewSession: rpcMethod({
            permission: 'session.complete',
            refusals,
            run: async (ctx, request: unknown) =>
              (await told('PreviewSession', ctx, request)) ?? this.preview,
          }),
          GetVisitBilling: rpcMethod({
            permission,
            refusals,
            run: async (ctx, request: unknown) => (await told('GetVisitBilling', ctx, request)) ?? this.money,
          }),
          ListVisitBilling: rpcMethod({
            permission,
            refusals,
            run: async (ctx, request: { appointmentIds: string[] }) =>
              (await told('ListVisitBilling', ctx, request)) ?? {
                visits: request.appointmentIds.map((id) => this.moneyOf.get(id) ?? this.money),
              },
          }),
          GetEncounterDependents: unused,
          GetReceipt: unused,
          ProveBatch: unused,
          ListProofEntries: unused,
          ExplainBalance: unused,
        },
        ...common,
        port: this.ports.billing,
      }),
      startGrpc({
        proto: 'ehr.proto',
        service: 'praxisbus.ehr.v1.Ehr',
        methods: {
          GetVisitNotes: rpcMethod({
            permission,
            refusals,
            run: async (ctx, request: unknown) =>
              (await told('GetVisitNotes', ctx, request)) ?? { encounters: this.notes },
          }),
          ListVisitNotes: rpcMethod({
            permission,
            refusals,
            run: async (ctx, request: { appointmentIds: string[] }) =>
              (await told('ListVisitNotes', ctx, request)) ?? {
                encounters: this.notes.filter((note) => request.appointmentIds.includes(note.appointmentId)),
              },
          }),
          GetEncounter: unused,
        },
        ...common,
        port: this.ports.ehr,
      }),
    ])
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.shutdown()))
    this.servers = []
  }
}
