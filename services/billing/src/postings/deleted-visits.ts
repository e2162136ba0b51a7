import { sql } from '@praxisbus/runtime'
import { cancelBill } from './cancelled-bill.ts'
import { lockLiveCharges } from './collections.ts'
import type { EncounterRow } from './encounters.ts'
import type { Posting } from './posting.ts'

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
  return cancelBill(posting, bill, [], Temporal.Instant.from(at))
}
