import { connectRpc, type Principal, type Refusal } from '@praxisbus/runtime'
import type { VisitMoney } from '../domain/in-the-way.ts'
import { orPeerRefused } from './peer.ts'

export interface AskedService {
  readonly serviceId: string
  readonly units: number
  readonly modifiers: string[]
}

export interface SessionPreview {
  readonly lines: readonly {
    readonly serviceId: string
    readonly code: string
    readonly description: string
    readonly units: number
    readonly unitAmountCents: number
    readonly priced: boolean
    readonly modifiers: string[]
  }[]
  readonly totalCents: number
  /** Money taken for this visit that waits to be applied, for instance a copay. */
  readonly escrowCents: number
  readonly onlinePayment: boolean
}

/** What the scheduler asks billing, as the person who asks the scheduler. */
export interface Billing {
  previewSession(
    principal: Principal,
    appointmentId: string,
    services: AskedService[],
  ): Promise<SessionPreview | Refusal<'peer_refused'>>
  visitMoney(principal: Principal, appointmentId: string): Promise<VisitMoney | Refusal<'peer_refused'>>
  /** The same of each, in the order of the ids. */
  visitsMoney(
    principal: Principal,
    appointmentIds: readonly string[],
  ): Promise<readonly VisitMoney[] | Refusal<'peer_refused'>>
  close(): void
}

const BILL_STATUSES: readonly string[] = [
  'none',
  'unsigned',
  'posted',
  'cancelled',
] satisfies VisitMoney['billStatus'][]

function moneyOf(answer: Omit<VisitMoney, 'billStatus'> & { readonly billStatus: string }): VisitMoney {
  // A state that is not known here must not pass for "nothing in the way".
  if (!BILL_STATUSES.includes(answer.billStatus))
    throw new Error(`unknown bill status "${answer.billStatus}"`)
  return { ...answer, billStatus: answer.billStatus as VisitMoney['billStatus'] }
}

export function connectBilling(address: string, deadlineMs?: number): Billing {
  const service = 'praxisbus.billing.v1.Billing'
  const rpc = connectRpc({ proto: 'billing.proto', service, address, deadlineMs })
  const visitMoney = async (principal: Principal, appointmentId: string): Promise<VisitMoney> =>
    moneyOf(await rpc.call('GetVisitBilling', { appointmentId }, { principal }))
  const visitsMoney = async (principal: Principal, ids: readonly string[]): Promise<VisitMoney[]> => {
    const { visits } = await rpc.call('ListVisitBilling', { appointmentIds: [...ids] }, { principal })
    if (visits.length !== ids.length)
      throw new Error(`asked for ${ids.length} visits, told of ${visits.length}`)
    return visits.map(moneyOf)
  }
  return {
    previewSession: (principal, appointmentId, services) =>
      orPeerRefused('Billing', rpc.call('PreviewSession', { appointmentId, services }, { principal })),
    visitMoney: (principal, appointmentId) => orPeerRefused('Billing', visitMoney(principal, appointmentId)),
    visitsMoney: (principal, ids) => orPeerRefused('Billing', visitsMoney(principal, ids)),
    close: () => rpc.close(),
  }
}
