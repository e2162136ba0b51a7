import { type Refusal, refuse, sql } from '@praxisbus/runtime'
import type { CorrectionKind } from '../domain/ledger.ts'
import { takeBack } from './journals.ts'
import type { Batch, Posting } from './posting.ts'
import { lockReceipts, nextReceiptVersion } from './receipts.ts'

/** Money that left the escrow of a receipt otherwise than onto a charge. */
export interface Outflow {
  readonly receiptId: string
  readonly amountCents: number
  readonly journalId: string
  readonly escrowCents: number
}

/** A disbursement or refund that still stands, with its receipt locked. */
export async function lockOutflow(
  posting: Posting,
  kind: 'disbursement' | 'refund',
  id: string,
): Promise<Outflow | Refusal<'not_found' | 'undone'>> {
  const { tx, practiceId } = posting
  const find =
    kind === 'disbursement'
      ? sql`select receipt_id, amount_cents, journal_id, undo_journal_id from disbursement
             where practice_id = ${practiceId} and id = ${id}`
      : sql`select receipt_id, amount_cents, journal_id, undo_journal_id from refund
             where practice_id = ${practiceId} and id = ${id}`
  type Row = Omit<Outflow, 'escrowCents'> & { readonly undoJournalId: string | null }
  const named = await tx.maybe<Row>(find)
  if (!named)
    return refuse('not_found', {
      detail: `There is no ${kind} of this id in the practice.`,
      next: `GET /v1/receipts/{id} lists the ${kind}s of a receipt.`,
    })
  const [receipt] = await lockReceipts(posting, named)
  // Read again: somebody may have undone it while we waited for the receipt.
  const { undoJournalId, ...outflow } = await tx.one<Row>(find)
  if (undoJournalId !== null)
    return refuse('undone', {
      detail: `This ${kind} was undone before.`,
      next: 'Its money is in the escrow of its receipt.',
    })
  return { ...outflow, escrowCents: receipt!.escrowCents }
}

/** The money comes back into escrow. The receipt is locked. */
export async function undoOutflow(
  posting: Posting,
  batch: Batch,
  kind: Extract<CorrectionKind, 'disbursement-undo' | 'refund-undo'>,
  outflow: Outflow,
): Promise<{ journalId: string; version: number; escrowCents: number }> {
  const [journalId] = await takeBack(posting, batch, kind, [outflow.journalId])
  const version = await nextReceiptVersion(posting, outflow.receiptId)
  return { journalId: journalId!, version, escrowCents: outflow.escrowCents + outflow.amountCents }
}
