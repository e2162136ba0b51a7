import { sql, type Tx } from '@praxisbus/runtime'
import type { Adjustment } from '../domain/insurance.ts'
import type { Share } from '../domain/ledger.ts'
import type { Part } from '../domain/shares.ts'

/** What happened to what is owed of a charge (B-15). */
export interface ChargeMoney {
  readonly shares: readonly (Share & { readonly payerName: string | null })[]
  /** By code, what is taken off now. */
  readonly adjusted: readonly { readonly code: string; readonly amountCents: number }[]
  readonly insurance: readonly {
    readonly paymentId: string
    readonly receiptId: string
    readonly payerId: string
    readonly postAs: 'primary' | 'secondary'
    readonly paidCents: number
    readonly allowedCents: number | null
    readonly adjustments: readonly Adjustment[]
    readonly moved: readonly Part[]
    readonly appliedAt: string
    readonly removed: boolean
  }[]
  readonly transfers: readonly {
    readonly transferId: string
    readonly fromPayerId: string | null
    readonly toPayerId: string | null
    readonly amountCents: number
    readonly note: string | null
    readonly recordedBy: string
    readonly recordedAt: string
  }[]
  readonly writeOffs: readonly {
    readonly adjustmentId: string
    readonly payerId: string | null
    readonly code: string
    readonly amountCents: number
    readonly note: string | null
    readonly recordedBy: string
    readonly recordedAt: string
    readonly undone: boolean
  }[]
}

export const NO_MONEY: ChargeMoney = { shares: [], adjusted: [], insurance: [], transfers: [], writeOffs: [] }

/**
 * What is owed of `charge`, by all and by the patient, and what an agency collects of it, as `owed`. Added up over the accounts of that one
 * charge: a join with the sums by charge makes PostgreSQL add up those of the whole practice, 200 ms at 200,000 charges.
 */
export const owedOfCharge = sql`lateral (
  select coalesce(sum(balance_cents) filter (where kind = 'receivable'), 0)::bigint as balance_cents,
         coalesce(sum(balance_cents) filter (where kind = 'receivable' and payer_id is null), 0)::bigint as patient_cents,
         coalesce(sum(balance_cents) filter (where kind = 'collections'), 0)::bigint as collections_cents
    from account where account.practice_id = charge.practice_id and account.charge_id = charge.id) as owed`

type Of<Row> = Row & { readonly chargeId: string }

/** The charges of a bill that stand, each with its money: five statements, asked side by side. */
export async function chargeMoney(
  tx: Tx,
  practiceId: string,
  chargeIds: readonly string[],
): Promise<Map<string, ChargeMoney>> {
  if (chargeIds.length === 0) return new Map()
  const [shares, adjusted, insurance, transfers, writeOffs] = await Promise.all([
    tx.many<Of<ChargeMoney['shares'][number]>>(sql`
      select account.charge_id, account.payer_id, payer.name as payer_name, account.balance_cents
        from account left join payer on payer.practice_id = account.practice_id and payer.id = account.payer_id
       where account.practice_id = ${practiceId} and account.charge_id = any(${chargeIds}::uuid[])
         and account.kind = 'receivable' and account.balance_cents <> 0
       order by account.payer_id nulls first`),
    tx.many<Of<ChargeMoney['adjusted'][number]>>(sql`
      select charge_id, code, balance_cents as amount_cents from account
       where practice_id = ${practiceId} and charge_id = any(${chargeIds}::uuid[]) and kind = 'adjustment'
         and balance_cents <> 0
       order by code`),
    tx.many<Of<ChargeMoney['insurance'][number]>>(sql`
      select applied.charge_id, payment.id as payment_id, receipt.id as receipt_id, receipt.payer_id,
             coalesce(applied.post_as, 'primary') as post_as, applied.amount_cents as paid_cents, applied.allowed_cents,
             applied.adjustments, applied.moved, payment.applied_at,
             applied.removal_journal_id is not null or applied.removed_at is not null as removed
        from payment_application as applied
        join payment on payment.practice_id = applied.practice_id and payment.id = applied.payment_id
        join receipt on receipt.practice_id = payment.practice_id and receipt.id = payment.receipt_id
       where applied.practice_id = ${practiceId} and applied.charge_id = any(${chargeIds}::uuid[]) and applied.insurer
       order by payment.applied_at, payment.id`),
    tx.many<Of<ChargeMoney['transfers'][number]>>(sql`
      select charge_id, id as transfer_id, from_payer_id, to_payer_id, amount_cents, note, recorded_by, recorded_at
        from balance_transfer where practice_id = ${practiceId} and charge_id = any(${chargeIds}::uuid[])
       order by recorded_at, id`),
    tx.many<Of<ChargeMoney['writeOffs'][number]>>(sql`
      select charge_id, id as adjustment_id, payer_id, code, amount_cents, note, recorded_by, recorded_at,
             undo_journal_id is not null as undone
        from charge_adjustment where practice_id = ${practiceId} and charge_id = any(${chargeIds}::uuid[])
       order by recorded_at, id`),
  ])
  const of = <Row>(rows: readonly Of<Row>[], wanted: string) =>
    rows.filter((row) => row.chargeId === wanted).map(({ chargeId: _, ...row }) => row)
  return new Map(
    chargeIds.map((id) => [
      id,
      {
        shares: of(shares, id),
        adjusted: of(adjusted, id),
        insurance: of(insurance, id),
        transfers: of(transfers, id),
        writeOffs: of(writeOffs, id),
      } as ChargeMoney,
    ]),
  )
}
