import { ReceiptRecorded } from '@praxisbus/contracts'
import { reaction, sql } from '@praxisbus/runtime'

/** S-16: money taken here for a visit has arrived in billing, so billing's answer about the visit can be relied on. */
export const onReceiptRecorded = reaction(ReceiptRecorded, async ({ tx, practiceId }, receipt) => {
  if (receipt.appointmentId === null) return
  await tx.run(sql`
    insert into visit_receipt (practice_id, appointment_id, receipt_id)
    values (${practiceId}, ${receipt.appointmentId}, ${receipt.receiptId})
    on conflict do nothing`)
})
