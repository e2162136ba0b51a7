import { AppointmentCancelled, AppointmentRestored } from '@praxisbus/contracts'
import { reaction, sql } from '@praxisbus/runtime'
import type { z } from 'zod'
import { issueDocument } from '../documents/issue.ts'
import { FEE_CODE, feeLine } from '../domain/cancellation-fee.ts'
import { defaultBatch } from '../postings/batches.ts'
import { postCharges } from '../postings/charges.ts'
import { type EncounterRow, readLines, saveLines } from '../postings/encounters.ts'
import { type Posting, postingOfReaction } from '../postings/posting.ts'
import { billOfVisit } from '../postings/visit-patient.ts'
import { calendarSays } from '../postings/visits.ts'

type Cancelled = z.output<typeof AppointmentCancelled.data>

/**
 * An appointment was cancelled or not kept (S-20): its fee is a charge of the visit that the patient owes, posted on the day
 * of the cancellation; a copay that waits goes onto it (B-10), and an invoice waits for review.
 */
export const onAppointmentCancelled = reaction(AppointmentCancelled, async (ctx, cancelled) => {
  const posting = postingOfReaction(ctx)
  const { appointmentId, kind, cancelledAt } = cancelled
  const newer = await calendarSays(posting, appointmentId, ctx.event.version, { kind, cancelledAt })
  if (!newer || cancelled.feeCents === 0) return
  const encounter = await billOfVisit(posting, {
    ...cancelled,
    encounterId: null,
    source: 'cancellation',
  })
  await chargeFee(posting, encounter, cancelled)
})

/** It is on the calendar again. The fee, if there was one, was taken back by a biller before (S-20). */
export const onAppointmentRestored = reaction(AppointmentRestored, async (ctx, { appointmentId }) => {
  const posting = postingOfReaction(ctx)
  await calendarSays(posting, appointmentId, ctx.event.version, null)
})

async function chargeFee(posting: Posting, encounter: EncounterRow, cancelled: Cancelled): Promise<void> {
  const { tx, practiceId } = posting
  const { kind, feeCents, patientId } = cancelled
  const found = await readLines(tx, practiceId, encounter.id)
  // What a cancelled bill held does not come back with the fee.
  const open = encounter.status === 'cancelled' ? found.filter((line) => !line.charged) : []
  await tx.run(sql`
    update line set removed_at = ${posting.now.toString()}
     where practice_id = ${practiceId} and id = any(${open.map((line) => line.id)}::uuid[])`)
  const price = await tx.maybe<{ description: string }>(sql`
    select description from service where practice_id = ${practiceId} and code = ${FEE_CODE} and active`)
  const fee = feeLine(found, { id: posting.newId(), kind, feeCents, named: price?.description })
  await saveLines(tx, practiceId, encounter.id, [fee])
  const batch = await defaultBatch(posting, Temporal.Instant.from(cancelled.cancelledAt))
  // No insurer pays for a visit that was not.
  await postCharges(posting, batch, encounter, null, [fee])
  const review = await tx.maybe(sql`
    select id from document
     where practice_id = ${practiceId} and billing_encounter_id = ${encounter.id} and kind = 'invoice'
       and status = 'review'`)
  // One that is in review follows the ledger, and shows the fee by itself.
  if (review) return
  await issueDocument(posting, {
    kind: 'invoice',
    patientId,
    billingEncounterId: encounter.id,
    receiptId: null,
  })
}
