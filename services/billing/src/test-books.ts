import { sql } from '@praxisbus/runtime'
import type { BillingDesk } from './test-kit.ts'

/** The ledger as rows, for figures that are counted again without the SQL under test. */
export interface Row {
  readonly entryId: number
  readonly amountCents: number
  readonly journalId: string
  readonly journalKind: string
  readonly batchId: string
  readonly effectiveDate: string
  readonly recordedAt: string
  readonly corrects: string | null
  readonly accountId: string
  readonly kind: string
  readonly receiptId: string | null
  readonly chargeId: string | null
}

export function ledgerRows(desk: BillingDesk): Promise<Row[]> {
  return desk.database.read(desk.practiceId, (tx) =>
    tx.many<Row>(sql`
      select entry.id as entry_id, entry.amount_cents, journal.id as journal_id, journal.kind as journal_kind, journal.batch_id,
             journal.effective_date, journal.recorded_at, journal.corrects_journal_id as corrects, account.id as account_id,
             account.kind, account.receipt_id, account.charge_id
        from entry, journal, account where journal.id = entry.journal_id and account.id = entry.account_id order by entry.id`),
  )
}

const sum = (rows: readonly Row[]) => rows.reduce((all, { amountCents }) => all + amountCents, 0)

export function equationOf(rows: readonly Row[], receiptIds: readonly (string | null)[]) {
  const own = rows.filter(({ receiptId }) => receiptId !== null && receiptIds.includes(receiptId))
  const of = (kind: string) => sum(own.filter((row) => row.kind === kind))
  const spent = new Set(own.filter(({ kind }) => kind === 'escrow').map(({ journalId }) => journalId))
  return {
    receivedCents: of('cash'),
    appliedCents: 0 - sum(rows.filter((row) => row.chargeId !== null && spent.has(row.journalId))),
    escrowCents: 0 - of('escrow'),
    disbursedCents: 0 - of('disbursed'),
    refundedCents: 0 - of('refunded'),
  }
}

/** What rows moved, by the names that answers have. */
export function movedBy(rows: readonly Row[]) {
  const of = (kind: string) => sum(rows.filter((row) => row.kind === kind))
  const payments = rows.filter(
    (row) => row.chargeId !== null && ['payment', 'payment-removal'].includes(row.journalKind),
  )
  return {
    receivedCents: of('cash'),
    appliedCents: 0 - sum(payments),
    escrowCents: 0 - of('escrow'),
    disbursedCents: 0 - of('disbursed'),
    refundedCents: 0 - of('refunded'),
    chargedCents: 0 - of('revenue'),
    receivableCents: of('receivable'),
  }
}

/** The verbs that the tests of the books take, as one who may do all of them. */
export async function bookkeeper(desk: BillingDesk, patientId: string, userId = 'bookkeeper') {
  const api = await desk.as({
    userId,
    permissions: [
      'billing.read',
      'billing.post',
      'receipt.write',
      'receipt.modify',
      'receipt.refund',
      'period.close',
    ],
  })
  const made = async (path: string, body: object) => {
    const answer = await api.post(path, body)
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  return {
    api,
    made,
    batch: async (batchDate: string): Promise<string> =>
      (await made('/v1/reference-batches', { name: `Batch ${batchDate}`, batchDate })).batchId,
    receive: async (amountCents: number, batchId: string): Promise<string> =>
      (await made('/v1/receipts', { patientId, amountCents, method: 'check', reference: '4711', batchId }))
        .receiptId,
    apply: async (
      receiptId: string,
      chargeId: string,
      amountCents: number,
      batchId: string,
    ): Promise<string> =>
      (
        await made(`/v1/receipts/${receiptId}/payments`, {
          batchId,
          applications: [{ chargeId, amountCents }],
        })
      ).paymentId,
    disburse: (receiptId: string, amountCents: number, batchId: string) =>
      made(`/v1/receipts/${receiptId}/disbursements`, { code: 'E', amountCents, batchId }),
    refund: (receiptId: string, amountCents: number, batchId: string) =>
      made(`/v1/receipts/${receiptId}/refunds`, {
        amountCents,
        method: 'cash',
        reason: 'asked for',
        batchId,
      }),
    close: (endsOn: string) => made('/v1/reporting-periods', { endsOn }),
    reopen: (periodId: string, reason: string) =>
      made(`/v1/reporting-periods/${periodId}/reopen`, { reason }),
    ask: async (path: string) => {
      const answer = await api.get(path)
      if (answer.status !== 200) throw new Error(`${path}: ${JSON.stringify(answer.body)}`)
      return answer.body
    },
  }
}
