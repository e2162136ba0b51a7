import { type QueryContext, type Refusal, sql, type Tx } from '@praxisbus/runtime'
import { type AsOf, type AsOfInput, asOf, counts, undoCounts } from './as-of.ts'
import { type ChargeSource, chargeSources, type ReceiptSource, receiptSources } from './balance-sources.ts'
import { entryColumns, type LedgerEntry } from './proof-entries.ts'
import { accountNotFound, chargeNotFound, receiptNotFound } from './refusals.ts'

const PAGE = 100

export const EXPLAINED = ['account', 'charge', 'receipt'] as const
export type Explained = (typeof EXPLAINED)[number]

export interface ExplainedAccount
  extends Pick<LedgerEntry, 'accountId' | 'receiptId' | 'chargeId' | 'payerId' | 'code' | 'system'> {
  readonly kind: string
  /** Debit is positive: what is owed, or received. As of the two dates. */
  readonly balanceCents: number
  readonly entries: number
  /** The balance that the database keeps, less the sum of all entries: anything but 0 is a fault. */
  readonly offCents: number
}

export interface OtherJournal {
  readonly journalId: string
  readonly kind: string
  readonly effectiveDate: string
  readonly recordedAt: string
}

export interface ExplainedEntry extends LedgerEntry {
  readonly batchName: string | null
  readonly corrects: OtherJournal | null
  /** As of the two dates. */
  readonly correctedBy: OtherJournal | null
  /** Who did what: of a payment, disbursement or refund, and of what takes it back, its id; else null. */
  readonly paymentId: string | null
  readonly disbursementId: string | null
  readonly refundId: string | null
  /** The other entries of its journal: where the money came from or went. */
  readonly against: readonly Pick<
    LedgerEntry,
    'entryId' | 'amountCents' | 'accountId' | 'accountKind' | 'receiptId' | 'chargeId' | 'payerId' | 'code'
  >[]
}

export interface Explanation extends AsOf {
  readonly of: Explained
  readonly id: string
  readonly accounts: readonly ExplainedAccount[]
  readonly entries: readonly ExplainedEntry[]
  readonly next: number | null
  /** What the entries of this page, and those against them, go back to. */
  readonly receipts: readonly ReceiptSource[]
  readonly charges: readonly ChargeSource[]
}

/**
 * Any cent back to where it came from (B-19): the accounts of a receipt or charge (or one account), each entry on them with its journal
 * and what stands against it, the journal it corrects or is corrected by, and the receipts, bills, notes and visits behind it all.
 */
export async function explainBalance(
  { tx, principal, audit }: QueryContext,
  {
    of,
    id,
    after = 0,
    ...dates
  }: AsOfInput & { readonly of: Explained; readonly id: string; readonly after?: number },
): Promise<Explanation | Refusal<'not_found'>> {
  audit(of, id)
  const { practiceId } = principal
  const when = await asOf(tx, dates)
  if (!(await exists(tx, practiceId, of, id))) return NOT_FOUND[of]()
  const accounts = await accountsOf(tx, practiceId, { of, id, when })
  const entries = await entriesOf(tx, practiceId, {
    accountIds: accounts.map(({ accountId }) => accountId),
    after,
    when,
  })
  const named = [...accounts, ...entries, ...entries.flatMap(({ against }) => against)]
  const receiptIds = new Set([...named.map((one) => one.receiptId), of === 'receipt' ? id : null])
  const chargeIds = new Set([...named.map((one) => one.chargeId), of === 'charge' ? id : null])
  const [receipts, charges] = await Promise.all([
    receiptSources(tx, practiceId, [...receiptIds].filter(isId), when),
    chargeSources(tx, practiceId, [...chargeIds].filter(isId)),
  ])
  for (const { receiptId } of receipts) audit('receipt', receiptId)
  for (const billingEncounterId of new Set(charges.map((one) => one.billingEncounterId)))
    audit('billing-encounter', billingEncounterId)
  const next = entries.length === PAGE ? entries.at(-1)!.entryId : null
  return { of, id, ...when, accounts, entries, next, receipts, charges }
}

const NOT_FOUND = { account: accountNotFound, charge: chargeNotFound, receipt: receiptNotFound }
const isId = (id: string | null): id is string => id !== null

async function exists(tx: Tx, practiceId: string, of: Explained, id: string): Promise<boolean> {
  const find = {
    account: sql`select from account where practice_id = ${practiceId} and id = ${id}`,
    charge: sql`select from charge where practice_id = ${practiceId} and id = ${id}`,
    receipt: sql`select from receipt where practice_id = ${practiceId} and id = ${id}`,
  }
  return (await tx.maybe(find[of])) !== undefined
}

function accountsOf(
  tx: Tx,
  practiceId: string,
  { of, id, when }: { readonly of: Explained; readonly id: string; readonly when: AsOf },
): Promise<ExplainedAccount[]> {
  const which = {
    account: sql`account.id = ${id}`,
    charge: sql`account.charge_id = ${id}`,
    receipt: sql`account.receipt_id = ${id}`,
  }
  return tx.many<ExplainedAccount>(sql`
    select account.id as account_id, account.kind, account.receipt_id, account.charge_id, account.payer_id, account.code,
           account.system, count(entry.id) filter (where ${counts(when)}) as entries,
           coalesce(sum(entry.amount_cents) filter (where ${counts(when)}), 0)::bigint as balance_cents,
           (account.balance_cents - coalesce(sum(entry.amount_cents), 0))::bigint as off_cents
      from account
      left join entry on entry.practice_id = ${practiceId} and entry.account_id = account.id
      left join journal on journal.practice_id = ${practiceId} and journal.id = entry.journal_id
     where account.practice_id = ${practiceId} and ${which[of]}
     group by account.practice_id, account.id order by account.id`)
}

function entriesOf(
  tx: Tx,
  practiceId: string,
  {
    accountIds,
    after,
    when,
  }: { readonly accountIds: readonly string[]; readonly after: number; readonly when: AsOf },
): Promise<ExplainedEntry[]> {
  return tx.many<ExplainedEntry>(sql`
    select ${entryColumns}, batch.name as batch_name, ${other('corrected')} as corrects, ${other('undo')} as corrected_by,
           paid.payment_id, disbursed.id as disbursement_id, refunded.id as refund_id, legs.against
      from entry
      join account on account.practice_id = ${practiceId} and account.id = entry.account_id
      join journal on journal.practice_id = ${practiceId} and journal.id = entry.journal_id
      left join reference_batch as batch on batch.practice_id = ${practiceId} and batch.id = journal.batch_id
      left join journal as corrected on corrected.practice_id = ${practiceId} and corrected.id = journal.corrects_journal_id
      left join journal as undo on undo.practice_id = ${practiceId} and undo.corrects_journal_id = journal.id and ${undoCounts(when)}
      left join lateral (
        select coalesce(jsonb_agg(jsonb_build_object('entryId', leg.id, 'amountCents', leg.amount_cents, 'accountId', held.id,
                 'accountKind', held.kind, 'receiptId', held.receipt_id, 'chargeId', held.charge_id, 'payerId', held.payer_id,
                 'code', held.code) order by leg.id), '[]') as against,
               array_agg(held.charge_id) || account.charge_id as charge_ids,
               array_agg(held.receipt_id) || account.receipt_id as receipt_ids
          from entry as leg join account as held on held.practice_id = ${practiceId} and held.id = leg.account_id
         where leg.practice_id = ${practiceId} and leg.journal_id = journal.id and leg.id <> entry.id) as legs on true
      left join payment_application as paid on paid.practice_id = ${practiceId} and paid.charge_id = any(legs.charge_ids)
       and journal.id in (paid.journal_id, paid.removal_journal_id)
      left join disbursement as disbursed on disbursed.practice_id = ${practiceId} and disbursed.receipt_id = any(legs.receipt_ids)
       and journal.id in (disbursed.journal_id, disbursed.undo_journal_id)
      left join refund as refunded on refunded.practice_id = ${practiceId} and refunded.receipt_id = any(legs.receipt_ids)
       and journal.id in (refunded.journal_id, refunded.undo_journal_id)
     where entry.practice_id = ${practiceId} and entry.account_id = any(${accountIds}::uuid[]) and entry.id > ${after}
       and ${counts(when)}
     order by entry.id limit ${PAGE}`)
}

/** The journal that is taken back, or takes back; null where there is none. */
function other(which: 'corrected' | 'undo') {
  return which === 'corrected'
    ? sql`case when corrected.id is not null then jsonb_build_object('journalId', corrected.id, 'kind', corrected.kind,
        'effectiveDate', corrected.effective_date, 'recordedAt', to_char(corrected.recorded_at, ${INSTANT})) end`
    : sql`case when undo.id is not null then jsonb_build_object('journalId', undo.id, 'kind', undo.kind,
        'effectiveDate', undo.effective_date, 'recordedAt', to_char(undo.recorded_at, ${INSTANT})) end`
}

/** Inside JSON an instant would end in +00:00. The session runs in UTC. */
const INSTANT = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
