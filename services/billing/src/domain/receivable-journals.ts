import type { Adjustment, DecidedLine, StatedAdjustment } from './insurance.ts'
import { type EntryDraft, type JournalDraft, journal, type PostedKind } from './ledger.ts'
import type { Part } from './shares.ts'

/** `CO-45`: what the adjustment account of a charge goes by. */
export const adjustmentCode = ({ group, reason }: Pick<StatedAdjustment, 'group' | 'reason'>) =>
  `${group}-${reason}`

/**
 * One line of a remittance is one journal (B-15), so that each can be taken back alone: escrow against A/R, the adjustments
 * against A/R, and the A/R that goes on to the next who owes. undefined: the line moves nothing, it is only written down.
 */
export function insuranceJournal(receiptId: string, line: DecidedLine): JournalDraft | undefined {
  const { chargeId, paidCents, adjustments, receivable } = line
  return balanced('payment', [
    { kind: 'escrow', of: receiptId, amountCents: paidCents },
    ...writtenOff(chargeId, adjustments),
    ...onReceivable(chargeId, receivable),
  ])
}

/** A/R of a charge goes from one who owes it to another. */
export function transferJournal(
  chargeId: string,
  {
    from,
    to,
    amountCents,
  }: { readonly from: string | null; readonly to: string | null; readonly amountCents: number },
): JournalDraft {
  return balanced('transfer', [
    { kind: 'receivable', of: chargeId, payerId: from, amountCents: -amountCents },
    { kind: 'receivable', of: chargeId, payerId: to, amountCents },
  ])!
}

/** What one owes of a charge is written off without a receipt. */
export function writeOffJournal(
  chargeId: string,
  { payerId, code, amountCents }: Part & { readonly code: string },
): JournalDraft {
  return balanced('adjustment', [
    { kind: 'adjustment', of: chargeId, code, amountCents },
    { kind: 'receivable', of: chargeId, payerId, amountCents: -amountCents },
  ])!
}

function writtenOff(chargeId: string, adjustments: readonly Adjustment[]): EntryDraft[] {
  const byCode = new Map<string, number>()
  for (const one of adjustments)
    if (!one.note && one.group !== 'PR')
      byCode.set(adjustmentCode(one), (byCode.get(adjustmentCode(one)) ?? 0) + one.amountCents)
  return [...byCode].map(([code, amountCents]) => ({ kind: 'adjustment', of: chargeId, code, amountCents }))
}

function onReceivable(chargeId: string, parts: readonly Part[]): EntryDraft[] {
  return parts.map(({ payerId, amountCents }) => ({ kind: 'receivable', of: chargeId, payerId, amountCents }))
}

function balanced(kind: PostedKind, entries: readonly EntryDraft[]): JournalDraft | undefined {
  const moving = entries.filter((entry) => entry.amountCents !== 0)
  return moving.length === 0 ? undefined : journal(kind, moving)
}
