import { type CommandContext, isRefusal, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { batchFor } from '../postings/batches.ts'
import { lockVisit, type Posting, postingOf } from '../postings/posting.ts'
import { type PaidBy, recordReceipt } from '../postings/receipts.ts'
import { readReceipt } from '../queries/get-receipt.ts'

export interface ReceiptInput {
  /** A patient receipt … */
  readonly patientId: string | null
  /** … or an insurance receipt … */
  readonly payerId: string | null
  readonly planId: string | null
  /** … or a collection agency's money: exactly one of the three. */
  readonly agencyId: string | null
  /** The visit it was taken for: it is then applied by itself when the visit's charge posts. */
  readonly appointmentId: string | null
  readonly amountCents: number
  readonly method: string
  readonly reference: string | null
  /** When it goes to the bank; the batch's date where left out. */
  readonly depositDate: string | null
  readonly batchId: string | null
}

/**
 * A patient receipt, an insurance receipt (B-07), or what a collection agency paid over (B-13). All of it is in escrow until a
 * person applies it, or its visit's charge posts. Refuses a patient or payer that is not known here, so that a mistyped id puts no
 * money in escrow for nobody, and a visit whose bill is another patient's.
 */
export async function recordDeskReceipt(ctx: CommandContext, input: ReceiptInput) {
  const posting = postingOf(ctx)
  const payer = await findPayer(posting, input)
  if (isRefusal(payer)) return payer
  const foreign = input.appointmentId && (await visitOfAnother(posting, input.appointmentId, input.patientId))
  if (foreign) return foreign
  const batch = await batchFor(posting, input.batchId)
  if (isRefusal(batch)) return batch
  const id = await recordReceipt(posting, batch, {
    ...input,
    payer,
    source: payer.agencyId ? 'agency' : 'desk',
    depositDate: input.depositDate ?? batch.batchDate,
  })
  ctx.audit('receipt', id, 'record')
  return (await readReceipt(ctx.tx, posting.practiceId, id))!
}

/** Whether the visit's bill is another patient's than this. */
export async function isBilledToAnother(
  { tx, practiceId }: Pick<Posting, 'tx' | 'practiceId'>,
  appointmentId: string,
  patientId: string | null,
): Promise<boolean> {
  const billed = await tx.maybe(sql`
    select from billing_encounter
     where practice_id = ${practiceId} and appointment_id = ${appointmentId} and patient_id <> ${patientId}`)
  return billed !== undefined
}

/** The visit is locked, so that its bill cannot appear meanwhile. One that billing has not heard of yet may be anybody's. */
async function visitOfAnother({ tx, practiceId }: Posting, appointmentId: string, patientId: string | null) {
  await lockVisit(tx, practiceId, appointmentId)
  if (!(await isBilledToAnother({ tx, practiceId }, appointmentId, patientId))) return undefined
  return refuse('visit_of_another_patient', {
    field: 'appointmentId',
    detail: 'The bill of that visit is another patient’s, so this money would never be applied to it.',
    next: 'Send the id of the patient’s own visit, or leave appointmentId out.',
  })
}

/** Who paid, once it is sure that the practice knows them. */
export async function findPayer(
  { tx, practiceId }: Posting,
  input: Pick<ReceiptInput, 'patientId' | 'payerId' | 'planId' | 'agencyId' | 'appointmentId'>,
): Promise<
  | PaidBy
  | Refusal<
      | 'one_payer'
      | 'patient_unknown'
      | 'payer_unknown'
      | 'plan_of_another_payer'
      | 'agency_unknown'
      | 'visit_is_patients'
    >
> {
  const { patientId, payerId, planId, agencyId, appointmentId } = input
  const named = [patientId, payerId, agencyId].filter((id) => id !== null)
  if (named.length !== 1 || (payerId === null && planId !== null)) return onePayer(input)
  if (patientId !== null) {
    const known = await tx.maybe(sql`
      select from patient_replica where practice_id = ${practiceId} and id = ${patientId}`)
    return known ? { patientId } : patientUnknown()
  }
  if (appointmentId !== null)
    return refuse('visit_is_patients', {
      field: 'appointmentId',
      detail: 'Only a patient’s money waits for one visit; other money is posted line by line.',
      next: 'Leave appointmentId out.',
    })
  if (agencyId !== null) {
    const known = await tx.maybe(sql`
      select from collection_agency where practice_id = ${practiceId} and id = ${agencyId}`)
    return known ? { agencyId } : agencyUnknown()
  }
  const payer = await tx.maybe<{ plans: string[] }>(sql`
    select coalesce(array_agg(plan.id) filter (where plan.id is not null), '{}') as plans
      from payer left join plan on plan.practice_id = payer.practice_id and plan.payer_id = payer.id
     where payer.practice_id = ${practiceId} and payer.id = ${payerId} group by payer.id`)
  if (!payer)
    return refuse('payer_unknown', {
      field: 'payerId',
      detail: 'There is no payer of this id in your practice.',
      next: 'List the payers for their ids, or add the payer first.',
    })
  if (planId !== null && !payer.plans.includes(planId)) return planOfAnother()
  return { payerId: payerId!, planId }
}

function onePayer({
  patientId,
  payerId,
  agencyId,
}: Pick<ReceiptInput, 'patientId' | 'payerId' | 'agencyId'>) {
  const field = patientId === null && payerId === null && agencyId === null ? 'patientId' : 'payerId'
  return refuse('one_payer', {
    field,
    detail: 'A receipt is a patient’s, an insurer’s or a collection agency’s.',
    next: 'Send patientId for a patient receipt, payerId (with planId where it is known) for an insurance receipt, or agencyId.',
  })
}

export function agencyUnknown(field = 'agencyId'): Refusal<'agency_unknown'> {
  return refuse('agency_unknown', {
    field,
    detail: 'There is no collection agency of this id in your practice.',
    next: 'GET /v1/collection-agencies lists them.',
  })
}

export function planOfAnother(field = 'planId'): Refusal<'plan_of_another_payer'> {
  return refuse('plan_of_another_payer', {
    field,
    detail: 'This plan is not one of the payer’s.',
    next: 'GET /v1/payers lists each payer with its plans.',
  })
}

function patientUnknown(): Refusal<'patient_unknown'> {
  return refuse('patient_unknown', {
    field: 'patientId',
    detail: 'Billing knows no patient of this id in your practice.',
    next: 'Check the id. A patient who was registered just now is known here within seconds: then send it again with a new key.',
  })
}
