import { ChargesRecalled } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, json, type Refusal, sql } from '@praxisbus/runtime'
import { decideRecall } from '../domain/collections.ts'
import { collectionReturnJournal } from '../domain/ledger.ts'
import { batchFor } from '../postings/batches.ts'
import { lockLiveCharges } from '../postings/collections.ts'
import { lockEncounter, touchEncounter } from '../postings/encounters.ts'
import { postJournals } from '../postings/journals.ts'
import { type Batch, type Posting, postingOf } from '../postings/posting.ts'
import { type BillingEncounter, readBillingEncounter } from '../queries/get-billing-encounter.ts'
import { encounterNotFound } from '../queries/refusals.ts'

export interface RecallInput {
  readonly id: string
  /** Left out: every charge of the bill that is with an agency. */
  readonly chargeIds?: readonly string[]
  readonly reason: string
  readonly batchId: string | null
}

type RecallRefusal =
  | Extract<ReturnType<typeof decideRecall>, Refusal>
  | Refusal<'not_found' | 'unknown_batch' | 'period_closed'>

/** Takes charges back from their agency (B-13): what it has not collected is what the patient owes us again. */
export async function recallFromCollections(
  ctx: CommandContext,
  { id, chargeIds, reason, batchId }: RecallInput,
): Promise<BillingEncounter | RecallRefusal> {
  const posting = postingOf(ctx)
  const encounter = await lockEncounter(posting, id)
  if (!encounter) return encounterNotFound()
  const found = decideRecall(await lockLiveCharges(posting, id), chargeIds)
  if (isRefusal(found)) return found
  const batch = await batchFor(posting, batchId)
  if (isRefusal(batch)) return batch
  const recalled = found.map(({ chargeId, placed }) => ({ chargeId, amountCents: placed.balanceCents }))
  await endPlacements(posting, batch, recalled, reason)
  const version = await touchEncounter(posting, id)
  const { appointmentId, patientId } = encounter
  ctx.record(ChargesRecalled, {
    subject: id,
    version,
    data: {
      billingEncounterId: id,
      appointmentId,
      patientId,
      reason,
      batchDate: batch.batchDate,
      charges: recalled,
    },
  })
  ctx.audit('billing-encounter', id, 'recall from collections')
  return (await readBillingEncounter(ctx.tx, posting.practiceId, id))!
}

async function endPlacements(
  posting: Posting,
  batch: Batch,
  recalled: readonly { readonly chargeId: string; readonly amountCents: number }[],
  reason: string,
): Promise<void> {
  const { tx, practiceId, now, actor } = posting
  const left = recalled.filter(({ amountCents }) => amountCents > 0)
  const journalIds = await postJournals(
    posting,
    batch,
    left.map(({ chargeId, amountCents }) => collectionReturnJournal(chargeId, amountCents)),
  )
  const rows = recalled.map(({ chargeId }) => ({
    chargeId,
    journalId: journalIds[left.findIndex((one) => one.chargeId === chargeId)] ?? null,
  }))
  await tx.run(sql`
    update collection_placement
       set recalled_at = ${now.toString()}, recalled_by = ${actor}, recall_reason = ${reason}, recall_journal_id = "journalId"
      from jsonb_to_recordset(${json(rows)}::jsonb) as ended ("chargeId" uuid, "journalId" uuid)
     where practice_id = ${practiceId} and charge_id = "chargeId" and recalled_at is null`)
}
