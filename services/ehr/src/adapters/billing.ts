import {
  connectRpc,
  type Principal,
  type Refusal,
  RpcRefused,
  type RpcResponse,
  refuse,
} from '@praxisbus/runtime'

export type Dependents = RpcResponse<'praxisbus.billing.v1.Billing', 'GetEncounterDependents'>

/** What the EHR asks billing, as the person who asks the EHR. */
export interface Billing {
  dependents(
    principal: Principal,
    encounter: { readonly encounterId: string; readonly appointmentId: string | null },
  ): Promise<Dependents | Refusal<'peer_refused'>>
  close(): void
}

export function connectBilling(address: string, deadlineMs?: number): Billing {
  const service = 'praxisbus.billing.v1.Billing'
  const rpc = connectRpc({ proto: 'billing.proto', service, address, deadlineMs })
  return {
    // What billing refused is refused here in its words; a billing that cannot be asked is a fault, and the caller hears 503.
    dependents: async (principal, { encounterId, appointmentId }) => {
      const request = { encounterId, appointmentId: appointmentId ?? '' }
      try {
        return await rpc.call('GetEncounterDependents', request, { principal })
      } catch (error) {
        if (!(error instanceof RpcRefused)) throw error
        return refuse('peer_refused', {
          detail: `Billing had to be asked and refused: ${error.refusal.detail}`,
          next: error.refusal.next,
        })
      }
    },
    close: () => rpc.close(),
  }
}
