import { sql } from '@praxisbus/runtime'
import type { FeeKind } from '../domain/cancellation-fee.ts'
import { lockVisit, type Posting } from './posting.ts'

/**
 * What the calendar says of a visit: cancelled, or (null) that it takes place. Its facts come on topics of their own and may
 * pass each other, so the newest version of the appointment holds; answers whether this is it. Locks the visit (S-20).
 */
export async function calendarSays(
  { tx, practiceId, now }: Posting,
  appointmentId: string,
  version: number,
  cancelled: { readonly kind: FeeKind; readonly cancelledAt: string } | null,
): Promise<boolean> {
  await lockVisit(tx, practiceId, appointmentId)
  const { kind = null, cancelledAt = null } = cancelled ?? {}
  const changed = await tx.run(sql`
    update visit set cancelled_at = ${cancelledAt}, cancellation_kind = ${kind}, calendar_version = ${version}
     where practice_id = ${practiceId} and appointment_id = ${appointmentId} and calendar_version < ${version}`)
  if (changed === 1 && !cancelled) {
    // The biller reversed the fee before; nobody shall sign it again with what follows.
    await tx.run(sql`
      update line set removed_at = ${now.toString()}
        from billing_encounter as billed
       where billed.practice_id = ${practiceId} and billed.appointment_id = ${appointmentId}
         and line.practice_id = billed.practice_id and line.billing_encounter_id = billed.id
         and line.source = 'cancellation' and line.removed_at is null
         and not exists (select from charge where charge.practice_id = line.practice_id and charge.line_id = line.id
                            and charge.reversed_at is null)`)
  }
  return changed === 1
}
