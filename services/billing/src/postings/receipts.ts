import { ReceiptRecorded } from '@praxisbus/contracts'
import { sql } from '@praxisbus/runtime'
import { receiptJournal } from '../domain/ledger.ts'
import { postJournals } from './journals.ts'
import type { Batch, Posting } from './posting.ts'

/** Who paid: the patient, an insurer with the plan where it is known, or a collection agency. */
export type PaidBy =
  | { readonly patientId: string; readonly payerId?: null; readonly planId?: null; readonly agencyId?: null }
  | {
      readonly patientId?: null
      readonly payerId: string
      readonly planId: string | null
      readonly agencyId?: null
    }
  | { readonly patientId?: null; readonly payerId?: null; readonly planId?: null; readonly agencyId: string }

export type PayerKind = 'patient' | 'insurer' | 'agency'

export function payerKindOf({ payerId, agencyId }: PaidBy): PayerKind {
  return agencyId ? 'agency' : payerId ? 'insurer' : 'patient'
}

/** receipt.* facts of version 1 know two kinds; `agencyId` tells an agency's money from an insurer's. */
export const kindInFacts = (kind: PayerKind) => (kind === 'agency' ? ('insurer' as const) : kind)

export type ReceiptSource = 'desk' | 'check-in' | 'session' | 'online' | 'file' | 'agency'

export interface NewReceipt {
  readonly payer: PaidBy
  readonly appointmentId: string | null
  readonly source: ReceiptSource
  readonly method: string
  readonly reference: string | null
  readonly amountCents: number
  readonly depositDate: string
}

/** Money came in (B-07): a receipt, its journal into escrow, and the fact. Where it is for a visit, that is locked. */
export async function recordReceipt(posting: Posting, batch: Batch, receipt: NewReceipt): Promise<string> {
  const { tx, practiceId, newId, now } = posting
  const { appointmentId, source, method, reference, amountCents, depositDate } = receipt
  const { patientId = null, payerId = null, planId = null, agencyId = null } = receipt.payer
  const payerKind = payerKindOf(receipt.payer)
  const receiptId = newId()
  // A remittance of denials, or one whose payments a take-back ate up, brings nothing.
  const journalId = amountCents === 0 ? null : newId()
  tx.later(sql`
    insert into receipt (practice_id, id, payer_kind, patient_id, payer_id, plan_id, agency_id, appointment_id, source, method, reference,
                         amount_cents, deposit_date, batch_id, journal_id, recorded_at)
    values (${practiceId}, ${receiptId}, ${payerKind}, ${patientId}, ${payerId}, ${planId}, ${agencyId}, ${appointmentId}, ${source},
            ${method}, ${reference}, ${amountCents}, ${depositDate}, ${batch.id}, ${journalId}, ${now.toString()})`)
  if (journalId !== null)
    await postJournals(posting, batch, [{ ...receiptJournal(receiptId, amountCents), id: journalId }])
  posting.record(ReceiptRecorded, {
    subject: receiptId,
    version: 1,
    data: {
      receiptId,
      payerKind: kindInFacts(payerKind),
      patientId,
      payerId,
      planId,
      ...(agencyId === null ? {} : { agencyId }),
      appointmentId,
      method,
      reference,
      amountCents,
      depositDate,
      batchDate: batch.batchDate,
    },
  })
  return receiptId
}

export interface LockedReceipt {
  readonly id: string
  readonly version: number
  /** null: an insurer's or an agency's. */
  readonly patientId: string | null
  /** null: the patient's or an agency's. */
  readonly payerId: string | null
  readonly agencyId: string | null
  readonly batchDate: string
  /** null: nothing was received. */
  readonly journalId: string | null
  readonly deleted: boolean
  /** null: nothing was received. */
  readonly escrowAccountId: string | null
  /** Read after the lock, so that it is what the last posting left. */
  readonly escrowCents: number
}

/** Locked by id, then read: the balance joined in the locking statement itself would be as old as its snapshot. */
export async function lockReceipts(
  { tx, practiceId }: Posting,
  which:
    | { readonly receiptId: string }
    | { readonly receiptIds: readonly string[] }
    | { readonly appointmentId: string },
): Promise<LockedReceipt[]> {
  const ids =
    'appointmentId' in which ? await lockOfVisit({ tx, practiceId }, which.appointmentId) : idsOf(which)
  if (!('appointmentId' in which))
    tx.later(sql`
      select id from receipt where practice_id = ${practiceId} and id = any(${ids}::uuid[]) order by id for update`)
  return tx.many<LockedReceipt>(sql`
    select receipt.id, receipt.version, receipt.patient_id, receipt.payer_id, receipt.agency_id, batch.batch_date, receipt.journal_id,
           receipt.deleted_at is not null as deleted, account.id as escrow_account_id, -coalesce(account.balance_cents, 0) as escrow_cents
      from receipt
      join reference_batch as batch on batch.practice_id = receipt.practice_id and batch.id = receipt.batch_id
      left join account on account.practice_id = receipt.practice_id and account.receipt_id = receipt.id
       and account.kind = 'escrow'
     where receipt.practice_id = ${practiceId} and receipt.id = any(${ids}::uuid[])
     order by receipt.id`)
}

const idsOf = (which: { readonly receiptId: string } | { readonly receiptIds: readonly string[] }) =>
  'receiptId' in which ? [which.receiptId] : which.receiptIds

async function lockOfVisit(
  { tx, practiceId }: Pick<Posting, 'tx' | 'practiceId'>,
  appointmentId: string,
): Promise<string[]> {
  const rows = await tx.many<{ id: string }>(sql`
    select id from receipt
     where practice_id = ${practiceId} and appointment_id = ${appointmentId} and deleted_at is null
     order by id for update`)
  return rows.map((row) => row.id)
}

/** As `nextReceiptVersion`, without waiting: `version` is the one read under the lock. Where it was not the last, the commit fails. */
export function followVersion({ tx, practiceId }: Posting, { id, version }: LockedReceipt): number {
  tx.later(sql`
    update receipt set version = case version when ${version} then version + 1 end where practice_id = ${practiceId} and id = ${id}`)
  return version + 1
}

/** One change, one version. The receipt is locked. */
export async function nextReceiptVersion({ tx, practiceId }: Posting, receiptId: string): Promise<number> {
  const row = await tx.one<{ version: number }>(sql`
    update receipt set version = version + 1 where practice_id = ${practiceId} and id = ${receiptId} returning version`)
  return row.version
}
