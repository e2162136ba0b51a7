import { connectRpc, type Principal, type Refusal } from '@praxisbus/runtime'
import type { VisitNote } from '../domain/in-the-way.ts'
import { orPeerRefused } from './peer.ts'

/** What the scheduler asks the EHR, as the person who asks the scheduler. */
export interface Ehr {
  visitNotes(
    principal: Principal,
    appointmentId: string,
  ): Promise<readonly VisitNote[] | Refusal<'peer_refused'>>
  close(): void
}

const NOTE_STATUSES: readonly string[] = ['draft', 'review', 'signed'] satisfies VisitNote['status'][]

export function connectEhr(address: string): Ehr {
  const rpc = connectRpc({ proto: 'ehr.proto', service: 'praxisbus.ehr.v1.Ehr', address })
  const visitNotes = async (principal: Principal, appointmentId: string): Promise<VisitNote[]> => {
    const { encounters } = await rpc.call('GetVisitNotes', { appointmentId }, { principal })
    return encounters.map(({ status, released }) => {
      // A state that is not known here must not pass for "not signed".
      if (!NOTE_STATUSES.includes(status)) throw new Error(`unknown note status "${status}"`)
      return { status: status as VisitNote['status'], released }
    })
  }
  return {
    visitNotes: (principal, appointmentId) => orPeerRefused('The EHR', visitNotes(principal, appointmentId)),
    close: () => rpc.close(),
  }
}
