import { type QueryContext, sql, type Tx } from '@praxisbus/runtime'
import { type DocumentKind, documentNumber } from '../domain/document.ts'
import type { EncounterRow } from '../postings/encounters.ts'
import { owedOfCharge } from './charge-history.ts'
import { visitEscrow } from './preview-session.ts'

/** A charge that stands. */
export interface DependentCharge {
  readonly chargeId: string
  readonly code: string
  readonly description: string
  readonly units: number
  /** Net of its discount. */
  readonly chargedCents: number
  /** What is still owed to us. */
  readonly balanceCents: number
  /** What an agency collects. */
  readonly collectionsCents: number
  readonly batchDate: string
  readonly inClosedPeriod: boolean
}

/** A payment on such a charge that was not removed; an insurer's may be of nothing. */
export interface DependentPayment {
  readonly paymentId: string
  readonly receiptId: string
  readonly chargeId: string
  readonly payerKind: string
  readonly amountCents: number
  readonly batchDate: string
  readonly inClosedPeriod: boolean
}

export interface DependentDocument {
  readonly documentId: string
  readonly kind: DocumentKind
  readonly number: string
  readonly status: string
}

export interface EncounterDependents {
  readonly billStatus: 'none' | EncounterRow['status']
  readonly billingEncounterId: string
  /** Money taken for the visit that waits in escrow. */
  readonly escrowCents: number
  /** Through which day the books are closed; null: none is. */
  readonly closedThrough: string | null
  readonly charges: readonly DependentCharge[]
  readonly payments: readonly DependentPayment[]
  readonly documents: readonly DependentDocument[]
}

/** A bill has 50 lines or so; the bounds are against mishaps. */
const MOST = 500

/** What in the books depends on a clinical encounter (E-11): the EHR shows it before a signed note is unlocked. */
export async function encounterDependents(
  ctx: QueryContext,
  { encounterId, appointmentId }: { readonly encounterId: string; readonly appointmentId?: string },
): Promise<EncounterDependents> {
  const { tx, principal, audit } = ctx
  const { practiceId } = principal
  audit('visit', appointmentId ?? encounterId)
  const { closedThrough } = await tx.one<Pick<EncounterDependents, 'closedThrough'>>(
    sql`select closed_through(${practiceId}) as closed_through`,
  )
  const escrowCents = appointmentId ? await visitEscrow(ctx, appointmentId) : 0
  const which = appointmentId
    ? sql`appointment_id = ${appointmentId}`
    : sql`appointment_id is null and encounter_id = ${encounterId}`
  const bill = await tx.maybe<Pick<EncounterRow, 'id' | 'status'>>(sql`
    select id, status from billing_encounter where practice_id = ${practiceId} and ${which}`)
  const books = { escrowCents, closedThrough }
  if (!bill)
    return { ...books, billStatus: 'none', billingEncounterId: '', charges: [], payments: [], documents: [] }
  const of = { practiceId, billId: bill.id, closedThrough }
  const [charges, payments, documents] = await Promise.all([
    chargesOf(tx, of),
    paymentsOf(tx, of),
    documentsOf(tx, of),
  ])
  return { ...books, billStatus: bill.status, billingEncounterId: bill.id, charges, payments, documents }
}

interface Of {
  readonly practiceId: string
  readonly billId: string
  readonly closedThrough: string | null
}

function chargesOf(tx: Tx, { practiceId, billId, closedThrough }: Of): Promise<DependentCharge[]> {
  return tx.many<DependentCharge>(sql`
    select charge.id as charge_id, charge.code, charge.description, charge.units,
           charge.amount_cents - charge.discount_cents as charged_cents, owed.balance_cents, owed.collections_cents,
           batch.batch_date,
           coalesce(batch.batch_date <= ${closedThrough}::date, false) as in_closed_period
      from charge
      join line on line.practice_id = charge.practice_id and line.id = charge.line_id
      join reference_batch as batch on batch.practice_id = charge.practice_id and batch.id = charge.batch_id
      cross join ${owedOfCharge}
     where charge.practice_id = ${practiceId} and charge.billing_encounter_id = ${billId} and charge.reversed_at is null
     order by line.position, charge.id limit ${MOST}`)
}

function paymentsOf(tx: Tx, { practiceId, billId, closedThrough }: Of): Promise<DependentPayment[]> {
  return tx.many<DependentPayment>(sql`
    select payment.id as payment_id, payment.receipt_id, applied.charge_id, receipt.payer_kind, applied.amount_cents,
           batch.batch_date, coalesce(batch.batch_date <= ${closedThrough}::date, false) as in_closed_period
      from payment_application as applied
      join charge on charge.practice_id = applied.practice_id and charge.id = applied.charge_id
      join payment on payment.practice_id = applied.practice_id and payment.id = applied.payment_id
      join receipt on receipt.practice_id = payment.practice_id and receipt.id = payment.receipt_id
      join reference_batch as batch on batch.practice_id = payment.practice_id and batch.id = payment.batch_id
     where applied.practice_id = ${practiceId} and charge.billing_encounter_id = ${billId} and charge.reversed_at is null
       and applied.removal_journal_id is null and applied.removed_at is null
     order by payment.applied_at, payment.id, applied.charge_id limit ${MOST}`)
}

async function documentsOf(tx: Tx, { practiceId, billId }: Of): Promise<DependentDocument[]> {
  const rows = await tx.many<Omit<DependentDocument, 'number'> & { number: number }>(sql`
    select id as document_id, kind, number, status from document
     where practice_id = ${practiceId} and billing_encounter_id = ${billId} and status <> 'void'
     order by id limit ${MOST}`)
  return rows.map(({ number, ...row }) => ({ ...row, number: documentNumber(row.kind, number) }))
}
