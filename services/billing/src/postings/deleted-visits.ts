import { BillingEncounterCancelled } from '@praxisbus/contracts'
import { sql } from '@praxisbus/runtime'
import { defaultBatch } from './batches.ts'
import { lockLiveCharges } from './collections.ts'
import { type EncounterRow, touchEncounter } from './encounters.ts'
import type { Posting } from './posting.ts'
import { voidInvoices } from './reversal.ts'

/** Whether billing has heard that the visit was deleted. Its row is locked. */
export async function isDeleted({ tx, practiceId }: Posting, appointmentId: string | null): Promise<boolean> {
  if (appointmentId === null) return false
  const found = await tx.maybe(sql`
    select appointment_id from visit
     where practice_id = ${practiceId} and appointment_id = ${appointmentId} and deleted_at is not null`)
  return found !== undefined
}

/**
 * S-16: a deleted visit has no open bill. The scheduler asks before it deletes, so one that is here all the same was released
 * in that very instant, in whichever order the facts come: nobody has signed it, no money hangs on it, and it is cancelled. One
 * with charges stays as it is, flagged, for a person to decide. Answers the bill's version; undefined: it was left alone.
 */
export async function cancelUnsigned(
  posting: Posting,
  bill: Pick<EncounterRow, 'id' | 'appointmentId' | 'patientId' | 'status'>,
  at: string,
): Promise<number | undefined> {
  if (bill.status !== 'unsigned' || (await lockLiveCharges(posting, bill.id)).length > 0) return undefined
  await voidInvoices(posting, bill.id)
  const { batchDate } = await defaultBatch(posting, Temporal.Instant.from(at))
  const version = await touchEncounter(posting, bill.id, 'cancelled')
  const { id: billingEncounterId, appointmentId, patientId } = bill
  posting.record(BillingEncounterCancelled, {
    subject: billingEncounterId,
    version,
    data: { billingEncounterId, appointmentId, patientId, batchDate, reversedChargeIds: [] },
  })
  return version
}
