import { PaymentApplied, PaymentRemoved } from '@praxisbus/contracts'
import { sql } from '@praxisbus/runtime'
import type { DecidedLine, Freed } from '../domain/insurance.ts'
import { credit, debit, journal } from '../domain/ledger.ts'
import { sumCents } from '../domain/money.ts'
import type { LockedAdjudication } from './adjudications.ts'
import { postJournals, takeBack } from './journals.ts'
import type { Batch, Posting } from './posting.ts'
import type { LockedReceipt } from './receipts.ts'

/**
 * A patient paid more than the insurers leave to them (B-15): their applications on such a charge are taken back, and what is still
 * owed is applied again. The rest is in the escrow of their receipts, where it can be refunded or applied elsewhere. Any number
 * of charges in the same few statements.
 */
export interface FreedMoney {
  readonly receiptId: string
  readonly chargeId: string
  /** What went back into escrow and stayed there. */
  readonly amountCents: number
}

interface Work {
  readonly receipts: readonly LockedReceipt[]
  readonly charges: readonly LockedAdjudication[]
  readonly decided: readonly DecidedLine[]
}

type Removed = Freed & { readonly chargeId: string; readonly journalId: string }

export async function takeBackFreed(
  posting: Posting,
  batch: Batch,
  { charges, decided }: Work,
): Promise<readonly Removed[]> {
  const { tx, practiceId } = posting
  const standing = new Map(charges.map((charge) => [charge.chargeId, charge.standing]))
  const removed = decided.flatMap(({ chargeId, freed }) =>
    freed.map((one) => {
      const found = standing.get(chargeId)!.find((other) => other.paymentId === one.paymentId)!
      return { ...one, chargeId, journalId: found.journalId! }
    }),
  )
  if (removed.length === 0) return removed
  const journalIds = await takeBack(
    posting,
    batch,
    'payment-removal',
    removed.map((one) => one.journalId),
  )
  await tx.run(sql`
    update payment_application as applied set removal_journal_id = removed.journal_id
      from unnest(${removed.map((one) => one.paymentId)}::uuid[], ${removed.map((one) => one.chargeId)}::uuid[],
                  ${journalIds}::uuid[]) as removed (payment_id, charge_id, journal_id)
     where applied.practice_id = ${practiceId} and applied.payment_id = removed.payment_id
       and applied.charge_id = removed.charge_id`)
  return removed
}

interface Again {
  readonly paymentId: string
  readonly receiptId: string
  readonly chargeId: string
  readonly amountCents: number
  readonly journalId: string
}

/** After the insurer's own journals. One new payment for each receipt. */
export async function applyAgain(
  posting: Posting,
  batch: Batch,
  work: Work,
  removed: readonly Removed[],
): Promise<FreedMoney[]> {
  if (removed.length === 0) return []
  const { tx, practiceId, newId, now, actor } = posting
  const payments = new Map<string, string>()
  const paymentOf = (receiptId: string) => {
    if (!payments.has(receiptId)) payments.set(receiptId, newId())
    return payments.get(receiptId)!
  }
  const parts = work.decided.flatMap(({ chargeId, applied }) =>
    [...new Set(applied.map((part) => part.receiptId))].map((receiptId) => {
      const own = applied.filter((part) => part.receiptId === receiptId)
      return { chargeId, receiptId, own, amountCents: sumCents(own.map((part) => part.amountCents)) }
    }),
  )
  const again: Again[] = []
  if (parts.length > 0) {
    const journalIds = await postJournals(
      posting,
      batch,
      parts.map(({ chargeId, receiptId, own, amountCents }) =>
        journal('payment', [
          debit({ kind: 'escrow', of: receiptId }, amountCents),
          ...own.map((part) =>
            credit({ kind: 'receivable', of: chargeId, payerId: part.payerId }, part.amountCents),
          ),
        ]),
      ),
    )
    for (const [index, { chargeId, receiptId, amountCents }] of parts.entries())
      again.push({
        chargeId,
        receiptId,
        amountCents,
        paymentId: paymentOf(receiptId),
        journalId: journalIds[index]!,
      })
    const receiptIds = [...payments.keys()]
    await tx.run(sql`
      insert into payment (practice_id, id, receipt_id, batch_id, applied_by, applied_at)
      select ${practiceId}, id, receipt_id, ${batch.id}, ${actor}, ${now.toString()}
        from unnest(${receiptIds.map(paymentOf)}::uuid[], ${receiptIds}::uuid[]) as again (id, receipt_id)`)
    await tx.run(sql`
      insert into payment_application (practice_id, payment_id, charge_id, amount_cents, journal_id)
      select ${practiceId}, payment_id, charge_id, amount_cents, journal_id
        from unnest(${again.map((one) => one.paymentId)}::uuid[], ${again.map((one) => one.chargeId)}::uuid[],
                    ${again.map((one) => one.amountCents)}::bigint[], ${again.map((one) => one.journalId)}::uuid[])
          as again (payment_id, charge_id, amount_cents, journal_id)`)
  }
  await recordFreed(posting, batch, work.receipts, removed, again)
  return left(removed, again)
}

/** One fact for each payment, in the order in which it happened; each is a version of its receipt. */
async function recordFreed(
  posting: Posting,
  { batchDate }: Batch,
  receipts: readonly LockedReceipt[],
  removed: readonly Removed[],
  again: readonly Again[],
): Promise<void> {
  const touched = receipts.filter(({ id }) => removed.some((one) => one.receiptId === id))
  const versions = touched.map((receipt) => {
    let { version, escrowCents } = receipt
    const facts = [...byPayment(removed, receipt.id, -1), ...byPayment(again, receipt.id, 1)]
    for (const { paymentId, parts, sign } of facts) {
      version++
      escrowCents -= sign * sumCents(parts.map((part) => part.amountCents))
      const applications = parts.map(({ chargeId, amountCents }) => ({ chargeId, amountCents }))
      posting.record(sign < 0 ? PaymentRemoved : PaymentApplied, {
        subject: receipt.id,
        version,
        data: { receiptId: receipt.id, paymentId, batchDate, applications, escrowCents },
      })
    }
    return version
  })
  await posting.tx.run(sql`
    update receipt set version = freed.version
      from unnest(${touched.map(({ id }) => id)}::uuid[], ${versions}::bigint[]) as freed (id, version)
     where receipt.practice_id = ${posting.practiceId} and receipt.id = freed.id`)
}

type Part = Pick<Again, 'paymentId' | 'receiptId' | 'chargeId' | 'amountCents'>

function byPayment(all: readonly Part[], receiptId: string, sign: -1 | 1) {
  const own = all.filter((one) => one.receiptId === receiptId)
  return [...new Set(own.map((one) => one.paymentId))].map((paymentId) => ({
    paymentId,
    sign,
    parts: own.filter((one) => one.paymentId === paymentId),
  }))
}

function left(removed: readonly Removed[], again: readonly Again[]): FreedMoney[] {
  const money = new Map<string, FreedMoney>()
  const add = ({ receiptId, chargeId, amountCents }: Part, sign: 1 | -1) => {
    const key = `${receiptId} ${chargeId}`
    const held = money.get(key)?.amountCents ?? 0
    money.set(key, { receiptId, chargeId, amountCents: held + sign * amountCents })
  }
  for (const one of removed) add(one, 1)
  for (const one of again) add(one, -1)
  return [...money.values()].filter(({ amountCents }) => amountCents > 0)
}
