import { connectRpc } from '@praxisbus/runtime'
import type { Home } from '../home.ts'
import { grpcAddress } from '../services.ts'

/** The four services over gRPC, asked as one person. */
export function openQuestions(
  home: Home,
  principal: { readonly token: string; readonly practiceId: string },
) {
  const scheduler = connectRpc({
    proto: 'scheduler.proto',
    service: 'praxisbus.scheduler.v1.Scheduler',
    address: grpcAddress(home, 'scheduler'),
    deadlineMs: DEADLINE_MS,
  })
  const ehr = connectRpc({
    proto: 'ehr.proto',
    service: 'praxisbus.ehr.v1.Ehr',
    address: grpcAddress(home, 'ehr'),
    deadlineMs: DEADLINE_MS,
  })
  const billing = connectRpc({
    proto: 'billing.proto',
    service: 'praxisbus.billing.v1.Billing',
    address: grpcAddress(home, 'billing'),
    deadlineMs: DEADLINE_MS,
  })
  const imaging = connectRpc({
    proto: 'imaging.proto',
    service: 'praxisbus.imaging.v1.Imaging',
    address: grpcAddress(home, 'imaging'),
    deadlineMs: DEADLINE_MS,
  })
  const caller = { principal }
  return {
    appointment: (appointmentId: string) => scheduler.call('GetAppointment', { appointmentId }, caller),
    visitNotes: async (appointmentId: string) =>
      (await ehr.call('GetVisitNotes', { appointmentId }, caller)).encounters,
    visitBilling: (appointmentId: string) => billing.call('GetVisitBilling', { appointmentId }, caller),
    receipt: (receiptId: string) => billing.call('GetReceipt', { receiptId }, caller),
    scanBatch: (scanBatchId: string) => imaging.call('GetScanBatch', { scanBatchId }, caller),
    close: () => {
      for (const client of [scheduler, ehr, billing, imaging]) client.close()
    },
  }
}

const DEADLINE_MS = 10_000

export type Questions = ReturnType<typeof openQuestions>
