import { connectRpc, type Principal, type Refusal } from '@praxisbus/runtime'
import type { VisitNote } from '../domain/in-the-way.ts'
import { orPeerRefused } from './peer.ts'

/** What the scheduler asks the EHR, as the person who asks the scheduler. */
export interface Ehr {
  visitNotes(
    principal: Principal,
    appointmentId: string,
  ): Promise<readonly VisitNote[] | Refusal<'peer_refused'>>
  /** The notes of many visits, by the id of the appointment. */
  visitsNotes(
    principal: Principal,
    appointmentIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly VisitNote[]> | Refusal<'peer_refused'>>
  close(): void
}

const NOTE_STATUSES: readonly string[] = ['draft', 'review', 'signed'] satisfies VisitNote['status'][]

function noteOf({ status, released }: { status: string; released: boolean }): VisitNote {
  // A state that is not known here must not pass for "not signed".
  if (!NOTE_STATUSES.includes(status)) throw new Error(`unknown note status "${status}"`)
  return { status: status as VisitNote['status'], released }
}

export function connectEhr(address: string, deadlineMs?: number): Ehr {
  const rpc = connectRpc({ proto: 'ehr.proto', service: 'praxisbus.ehr.v1.Ehr', address, deadlineMs })
  const visitNotes = async (principal: Principal, appointmentId: string): Promise<VisitNote[]> => {
    const { encounters } = await rpc.call('GetVisitNotes', { appointmentId }, { principal })
    return encounters.map(noteOf)
  }
  const visitsNotes = async (principal: Principal, ids: readonly string[]) => {
    const { encounters } = await rpc.call('ListVisitNotes', { appointmentIds: [...ids] }, { principal })
    const grouped = Map.groupBy(encounters, ({ appointmentId }) => appointmentId)
    return new Map(Array.from(grouped, ([id, notes]) => [id, notes.map(noteOf)] as const))
  }
  return {
    visitNotes: (principal, appointmentId) => orPeerRefused('The EHR', visitNotes(principal, appointmentId)),
    visitsNotes: (principal, ids) => orPeerRefused('The EHR', visitsNotes(principal, ids)),
    close: () => rpc.close(),
  }
}
