import { AdjustmentUndone, ChargeAdjusted } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, type Refusal, refuse, sql } from '@praxisbus/runtime'
import type { Share } from '../domain/ledger.ts'
import { overShare, refuseReversed, type WriteOffReason, writeOffCode } from '../domain/receivable.ts'
import { writeOffJournal } from '../domain/receivable-journals.ts'
import { Shares } from '../domain/shares.ts'
import { lockAdjudications } from '../postings/adjudications.ts'
import { batchFor } from '../postings/batches.ts'
import { postJournals, takeBack } from '../postings/journals.ts'
import { type Posting, postingOf } from '../postings/posting.ts'
import { nextChargeVersions } from '../postings/receivable.ts'

export interface AdjustedCharge {
  readonly adjustmentId: string
  readonly chargeId: string
  readonly code: string
  /** Whose share it is taken off; null: the patient's. */
  readonly payerId: string | null
  readonly amountCents: number
  readonly batchDate: string
  readonly undone: boolean
  /** Who owes what after it. */
  readonly shares: readonly Share[]
  /** Of the charge. */
  readonly version: number
}

export type AdjustmentInput = WriteOffReason & {
  /** Of the charge. */
  readonly id: string
  /** Left out: the one who owes it, where there is one. */
  readonly from?: string | null
  readonly amountCents: number
  readonly note: string | null
  readonly batchId: string | null
}

type Into = 'unknown_batch' | 'period_closed'

/** Writes off what somebody owes of a charge, without a receipt (B-15). */
export async function adjustCharge(
  ctx: CommandContext,
  input: AdjustmentInput,
): Promise<
  | AdjustedCharge
  | Exclude<ReturnType<typeof writeOffCode>, string>
  | Refusal<'not_found' | 'charge_reversed' | 'several_owe' | 'over_share' | Into>
> {
  const posting = postingOf(ctx)
  const { tx, practiceId, newId, now, actor } = posting
  const { id: chargeId, amountCents, note } = input
  const [charge] = await lockAdjudications(posting, [chargeId])
  if (!charge) return chargeNotFound()
  if (charge.reversed) return refuseReversed()
  const own = await tx.maybe<{ active: boolean }>(sql`
    select active from write_off_code where practice_id = ${practiceId} and code = ${input.code ?? ''}`)
  const code = writeOffCode(input, own)
  if (isRefusal(code)) return code
  if (input.from === undefined && charge.shares.length > 1) return severalOwe(charge.shares)
  const payerId = input.from === undefined ? (charge.shares[0]?.payerId ?? null) : input.from
  const refused = overShare(charge, payerId, amountCents, 'amountCents')
  if (refused) return refused
  const batch = await batchFor(posting, input.batchId)
  if (isRefusal(batch)) return batch
  const [journalId] = await postJournals(posting, batch, [
    writeOffJournal(chargeId, { payerId, code, amountCents }),
  ])
  const adjustmentId = newId()
  await tx.run(sql`
    insert into charge_adjustment (practice_id, id, charge_id, payer_id, code, amount_cents, note, batch_id, journal_id,
                                   recorded_by, recorded_at)
    values (${practiceId}, ${adjustmentId}, ${chargeId}, ${payerId}, ${code}, ${amountCents}, ${note}, ${batch.id}, ${journalId},
            ${actor}, ${now.toString()})`)
  const { batchDate } = batch
  const { version, ...fact } = await adjusted(
    posting,
    charge,
    { adjustmentId, code, payerId, amountCents, batchDate },
    -1,
  )
  ctx.record(ChargeAdjusted, { subject: chargeId, version, data: { ...fact, note } })
  ctx.audit('charge', chargeId, 'adjust')
  return {
    adjustmentId,
    chargeId,
    code,
    payerId,
    amountCents,
    batchDate,
    undone: false,
    shares: fact.shares,
    version,
  }
}

/** It is owed again, by a journal that points back; the write-off stays in the history. */
export async function undoAdjustment(
  ctx: CommandContext,
  { id, batchId }: { readonly id: string; readonly batchId: string | null },
): Promise<AdjustedCharge | Refusal<'not_found' | 'undone' | Into>> {
  const posting = postingOf(ctx)
  const { tx, practiceId } = posting
  type Row = Pick<AdjustedCharge, 'chargeId' | 'code' | 'payerId' | 'amountCents'> & {
    readonly journalId: string
    readonly undoJournalId: string | null
  }
  const find = sql`
    select charge_id, code, payer_id, amount_cents, journal_id, undo_journal_id from charge_adjustment
     where practice_id = ${practiceId} and id = ${id}`
  const named = await tx.maybe<Row>(find)
  if (!named)
    return refuse('not_found', {
      detail: 'There is no adjustment of this id in the practice.',
      next: 'GET /v1/billing-encounters/{id} lists the adjustments of its charges.',
    })
  const [charge] = await lockAdjudications(posting, [named.chargeId])
  // Read again: somebody may have undone it while we waited for the charge.
  const { undoJournalId, journalId, ...row } = await tx.one<Row>(find)
  if (undoJournalId !== null)
    return refuse('undone', { detail: 'This adjustment was undone before.', next: 'It is owed again.' })
  const batch = await batchFor(posting, batchId)
  if (isRefusal(batch)) return batch
  const [undoneBy] = await takeBack(posting, batch, 'adjustment-undo', [journalId])
  await tx.run(sql`
    update charge_adjustment set undo_journal_id = ${undoneBy} where practice_id = ${practiceId} and id = ${id}`)
  const { batchDate } = batch
  const { version, ...fact } = await adjusted(posting, charge!, { adjustmentId: id, ...row, batchDate }, 1)
  ctx.record(AdjustmentUndone, { subject: row.chargeId, version, data: fact })
  ctx.audit('charge', row.chargeId, 'undo adjustment')
  return { ...row, adjustmentId: id, batchDate, undone: true, shares: fact.shares, version }
}

type Done = Pick<AdjustedCharge, 'adjustmentId' | 'code' | 'payerId' | 'amountCents' | 'batchDate'>

async function adjusted(
  posting: Posting,
  charge: Awaited<ReturnType<typeof lockAdjudications>>[number],
  { adjustmentId, code, payerId, amountCents, batchDate }: Done,
  sign: 1 | -1,
) {
  const { chargeId, billingEncounterId, patientId } = charge
  const shares = new Shares(charge.shares)
  shares.add(payerId, sign * amountCents)
  const version = (await nextChargeVersions(posting, [chargeId])).get(chargeId)!
  const done = { adjustmentId, code, payerId, amountCents, batchDate, shares: shares.list() }
  return { chargeId, billingEncounterId, patientId, ...done, version }
}

function chargeNotFound(): Refusal<'not_found'> {
  return refuse('not_found', {
    detail: 'There is no charge of this id in the practice.',
    next: 'Read the billing encounter for the ids of its charges.',
  })
}

function severalOwe(shares: readonly Share[]): Refusal<'several_owe'> {
  return refuse('several_owe', {
    field: 'from',
    detail: 'Several owe parts of this charge.',
    next: 'Name whose part is written off: `patient`, or the payer.',
    extra: { shares },
  })
}
