import { PaymentRequestClosed } from '@praxisbus/contracts'
import { type Sql, sql, type Tx } from '@praxisbus/runtime'
import { issueDocument } from '../documents/issue.ts'
import { sumCents } from '../domain/money.ts'
import type { CloseReason, RequestState } from '../domain/payment-request.ts'
import { lockLiveCharges } from '../postings/collections.ts'
import { lockVisit, type Posting } from '../postings/posting.ts'

export interface RequestRow {
  readonly id: string
  readonly billingEncounterId: string
  readonly appointmentId: string
  readonly patientId: string
  readonly documentId: string
  readonly accountId: string
  readonly amountCents: number
  readonly currency: string
  readonly state: RequestState
  readonly reason: CloseReason | null
  readonly linkId: string | null
  readonly linkUrl: string | null
  readonly round: number
  readonly attempts: number
  /** Since when the partner refuses access to the account; null: it does not. */
  readonly accessLostAt: string | null
  readonly version: number
}

const columns = sql`
  id, billing_encounter_id, appointment_id, patient_id, document_id, account_id, amount_cents, currency, state, reason,
  link_id, link_url, round, attempts, access_lost_at, version`

/**
 * Takes its place in the order of locks: visit -> billing_encounter -> payment_request -> charge …, so the visit is locked
 * first, whose appointment never changes. undefined: the practice has no such request.
 */
export async function lockRequest(
  { tx, practiceId }: Pick<Posting, 'tx' | 'practiceId'>,
  id: string,
): Promise<RequestRow | undefined> {
  const known = await tx.maybe<{ appointmentId: string }>(sql`
    select appointment_id from payment_request where practice_id = ${practiceId} and id = ${id}`)
  if (!known) return undefined
  await lockVisit(tx, practiceId, known.appointmentId)
  return tx.one<RequestRow>(sql`
    select ${columns} from payment_request where practice_id = ${practiceId} and id = ${id} for update`)
}

/** The account to which the practice's patients pay; undefined: it is not connected. */
export async function connectedAccount(tx: Tx, practiceId: string): Promise<string | undefined> {
  const partner = await tx.maybe<{ accountId: string }>(sql`
    select account_id from payment_partner where practice_id = ${practiceId} and disconnected_at is null`)
  return partner?.accountId
}

/** What the patient still owes on a bill, by the ledger; payers' shares are none of theirs. */
export async function owedOn(tx: Tx, practiceId: string, billingEncounterId: string): Promise<number> {
  const { owedCents } = await tx.one<{ owedCents: number }>(sql`
    select ${owed(sql`${practiceId}`, sql`${billingEncounterId}`)} as owed_cents`)
  return owedCents
}

/** As `owedOn`, until the commit: a payment locks its charges, so the request asks for what its invoice says. The visit is locked. */
export async function lockOwed(posting: Posting, billingEncounterId: string): Promise<number> {
  const charges = await lockLiveCharges(posting, billingEncounterId)
  return sumCents(charges.map((charge) => charge.patientCents))
}

/** As `owedOn`, as an expression over rows that name practice and bill. */
export function owed(practiceId: Sql, billingEncounterId: Sql): Sql {
  return sql`(
    select coalesce(sum(account.balance_cents), 0)::bigint
      from charge join account on account.practice_id = charge.practice_id and account.charge_id = charge.id
       and account.kind = 'receivable' and account.payer_id is null
     where charge.practice_id = ${practiceId} and charge.billing_encounter_id = ${billingEncounterId}
       and charge.reversed_at is null)`
}

export type Asked = Pick<
  RequestRow,
  'billingEncounterId' | 'appointmentId' | 'patientId' | 'documentId' | 'accountId' | 'amountCents'
>

/** Asks for a payment: the worker makes the link after the commit. The visit is locked, and the bill has no live request. */
export async function openRequest({ tx, practiceId, newId, now }: Posting, asked: Asked): Promise<string> {
  const id = newId()
  await tx.run(sql`
    insert into payment_request (practice_id, id, billing_encounter_id, appointment_id, patient_id, document_id, account_id,
                                 amount_cents, next_look_at, asked_at)
    values (${practiceId}, ${id}, ${asked.billingEncounterId}, ${asked.appointmentId}, ${asked.patientId},
            ${asked.documentId}, ${asked.accountId}, ${asked.amountCents}, ${now.toString()}, ${now.toString()})`)
  return id
}

/** One change, one version; what is left out stays. Without a change: something was told of it. */
export async function changeRequest(
  { tx, practiceId }: Pick<Posting, 'tx' | 'practiceId'>,
  id: string,
  change?: Sql,
): Promise<number> {
  const { version } = await tx.one<{ version: number }>(sql`
    update payment_request set version = version + 1${change ? sql`, ${change}` : sql``}
     where practice_id = ${practiceId} and id = ${id} returning version`)
  return version
}

/** The end without money. */
export async function closeRequest(
  posting: Posting,
  request: RequestRow,
  outcome: 'cancelled' | 'expired' | 'failed',
  reason: Exclude<CloseReason, 'out-of-reach'>,
): Promise<void> {
  const at = posting.now.toString()
  const version = await changeRequest(
    posting,
    request.id,
    sql`state = ${outcome}, reason = ${reason}, settled_at = ${at}, next_look_at = null`,
  )
  posting.record(PaymentRequestClosed, {
    subject: request.id,
    version,
    data: { ...subjectOf(request), outcome, reason, closedAt: at },
  })
}

/** The link takes no more money. Where another amount is owed, another request takes its place. */
export async function endWithdrawn(posting: Posting, request: RequestRow): Promise<void> {
  const reason = request.reason === 'replaced' ? 'replaced' : 'nothing-owed'
  await closeRequest(posting, request, 'cancelled', reason)
  if (reason === 'replaced') await replaceRequest(posting, request)
}

/** By the database's clock, which all processes share. */
export const later = (seconds: number) =>
  sql`next_look_at = clock_timestamp() + make_interval(secs => ${seconds})`

export const subjectOf = ({ id, billingEncounterId, appointmentId, patientId }: RequestRow) => ({
  paymentRequestId: id,
  billingEncounterId,
  appointmentId,
  patientId,
})

/**
 * Another amount is owed than the closed request asked for: a new one takes its place, with an invoice that says what is owed
 * now. The bill's older invoices are void and keep their numbers, so the patient holds one that counts. Nothing where nothing
 * is owed, or the practice is not connected any more.
 */
export async function replaceRequest(posting: Posting, request: RequestRow): Promise<void> {
  const { tx, practiceId } = posting
  const { billingEncounterId, patientId } = request
  const amountCents = await lockOwed(posting, billingEncounterId)
  const accountId = await connectedAccount(tx, practiceId)
  if (amountCents === 0 || !accountId) return
  const fresh = { kind: 'invoice', patientId, billingEncounterId, receiptId: null, reviewed: true } as const
  const invoice = await issueDocument(posting, fresh)
  await openRequest(posting, { ...request, documentId: invoice, accountId, amountCents })
}

export async function emailOf(
  { tx, practiceId }: Pick<Posting, 'tx' | 'practiceId'>,
  patientId: string,
): Promise<{ known: boolean; email: string | null }> {
  const patient = await tx.maybe<{ email: string | null }>(sql`
    select email from patient_replica where practice_id = ${practiceId} and id = ${patientId}`)
  return { known: patient !== undefined, email: patient?.email ?? null }
}
