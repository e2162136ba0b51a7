import { type QueryContext, sql, type Tx } from '@praxisbus/runtime'

/** The practice's side of it. Keys and secrets are settings of the process; they are read by nobody. */
export interface PartnerView {
  readonly connected: boolean
  readonly accountId: string | null
  readonly connectedAt: string | null
  readonly connectedBy: string | null
  /** Whether sessions may be completed with payment type online: connected, and this installation is set up for it. */
  readonly offered: boolean
  /** 0: the practice was never connected. */
  readonly version: number
}

export function getPaymentPartner(set: boolean) {
  return async ({ tx, principal, audit }: QueryContext): Promise<PartnerView> => {
    audit('payment-partner', principal.practiceId)
    return readPartner(tx, principal.practiceId, set)
  }
}

export async function readPartner(tx: Tx, practiceId: string, set: boolean): Promise<PartnerView> {
  const row = await tx.maybe<Omit<PartnerView, 'offered'>>(sql`
    select disconnected_at is null as connected,
           case when disconnected_at is null then account_id end as account_id,
           case when disconnected_at is null then connected_at end as connected_at,
           case when disconnected_at is null then connected_by end as connected_by, version
      from payment_partner where practice_id = ${practiceId}`)
  const view = row ?? { connected: false, accountId: null, connectedAt: null, connectedBy: null, version: 0 }
  return { ...view, offered: view.connected && set }
}
