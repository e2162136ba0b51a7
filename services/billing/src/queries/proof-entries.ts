import { type QueryContext, type Refusal, type Sql, sql } from '@praxisbus/runtime'
import { type AsOf, type AsOfInput, asOf, counts } from './as-of.ts'
import { receiptsOf } from './prove-batch.ts'
import { batchNotFound } from './refusals.ts'

const PAGE = 500

/** A figure of the equation, or `moved`: whatever was posted into the batch. */
export const PROOF_FIGURES = ['received', 'applied', 'escrow', 'disbursed', 'refunded', 'moved'] as const
export type ProofFigure = (typeof PROOF_FIGURES)[number]

/** One entry of the ledger, with its journal and its account. Debit is positive. */
export interface LedgerEntry {
  readonly entryId: number
  readonly amountCents: number
  readonly journalId: string
  readonly journalKind: string
  readonly batchId: string
  readonly effectiveDate: string
  readonly recordedAt: string
  readonly recordedBy: string
  readonly correctsJournalId: string | null
  readonly accountId: string
  readonly accountKind: string
  readonly receiptId: string | null
  readonly chargeId: string | null
  /** Whose share of a charge it is; null: the patient's. */
  readonly payerId: string | null
  readonly code: string | null
  readonly system: string | null
}

/** Of an entry with its account and its journal. */
export const entryColumns = sql`
  entry.id as entry_id, entry.amount_cents, journal.id as journal_id, journal.kind as journal_kind, journal.batch_id,
  journal.effective_date, journal.recorded_at, journal.recorded_by, journal.corrects_journal_id,
  account.id as account_id, account.kind as account_kind, account.receipt_id, account.charge_id, account.payer_id, account.code,
  account.system`

export interface ProofEntries extends AsOf {
  readonly entries: readonly (LedgerEntry & {
    /** What it adds to the figure; of `moved`, its amount. */
    readonly countsCents: number
  })[]
  readonly next: number | null
}

/** The entries behind a figure of GET …/proof, of all receipts of the batch or of one, in the order of their ids (B-19). */
export async function proofEntries(
  { tx, principal, audit }: QueryContext,
  {
    id,
    figure,
    receiptId,
    after = 0,
    ...dates
  }: AsOfInput & {
    readonly id: string
    readonly figure: ProofFigure
    readonly receiptId?: string
    readonly after?: number
  },
): Promise<ProofEntries | Refusal<'not_found'>> {
  audit('reference-batch', id)
  const { practiceId } = principal
  const when = await asOf(tx, dates)
  const batch = await tx.maybe(
    sql`select from reference_batch where practice_id = ${practiceId} and id = ${id}`,
  )
  if (!batch) return batchNotFound()
  const sign = figure === 'received' || figure === 'moved' ? 1 : -1
  const entries = await tx.many<LedgerEntry>(sql`
    with seen as materialized (
      select receipt_id from (${receiptsOf(practiceId, id, when)}) as all_of_it
       where ${receiptId ?? null}::uuid is null or receipt_id = ${receiptId ?? null}::uuid)
    select ${entryColumns}
      from entry
      join account on account.practice_id = ${practiceId} and account.id = entry.account_id
      join journal on journal.practice_id = ${practiceId} and journal.id = entry.journal_id
     where entry.practice_id = ${practiceId} and entry.id > ${after} and ${counts(when)} and ${behind(practiceId, id, figure)}
     order by entry.id limit ${PAGE}`)
  for (const seen of new Set(entries.map((entry) => entry.receiptId))) if (seen) audit('receipt', seen)
  return {
    ...when,
    entries: entries.map((entry) => ({ ...entry, countsCents: sign * entry.amountCents })),
    next: entries.length === PAGE ? entries.at(-1)!.entryId : null,
  }
}

const KINDS = { received: 'cash', escrow: 'escrow', disbursed: 'disbursed', refunded: 'refunded' } as const

function behind(practiceId: string, batchId: string, figure: ProofFigure): Sql {
  if (figure === 'moved') return sql`journal.batch_id = ${batchId}`
  if (figure !== 'applied')
    return sql`account.id in (
      select id from account where practice_id = ${practiceId} and kind = ${KINDS[figure]}
         and receipt_id in (select receipt_id from seen))`
  return sql`account.charge_id is not null and entry.journal_id in (
    select spent.journal_id from account as held
      join entry as spent on spent.practice_id = held.practice_id and spent.account_id = held.id
     where held.practice_id = ${practiceId} and held.kind = 'escrow' and held.receipt_id in (select receipt_id from seen))`
}
