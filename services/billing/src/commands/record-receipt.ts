import { type CommandContext, isRefusal, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { batchFor } from '../postings/batches.ts'
import { lockVisit, type Posting, postingOf } from '../postings/posting.ts'
import { type PaidBy, recordReceipt } from '../postings/receipts.ts'
import { readReceipt } from '../queries/get-receipt.ts'

export interface ReceiptInput {
  /** A patient receipt … */
  readonly patientId: string | null
  /** … or an insurance receipt: exactly one of both. */
  readonly payerId: string | null
  readonly planId: string | null
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
 * A patient receipt or an insurance receipt (B-07). All of it is in escrow until a person applies it, or its visit's charge
 * posts. Refuses a patient or payer that is not known here, so that a mistyped id puts no money in escrow for nobody.
 */
export async function recordDeskReceipt(ctx: CommandContext, input: ReceiptInput) {
  const posting = postingOf(ctx)
  const payer = await findPayer(posting, input)
  if (isRefusal(payer)) return payer
  if (input.appointmentId) await lockVisit(ctx.tx, posting.practiceId, input.appointmentId)
  const batch = await batchFor(posting, input.batchId)
  if (isRefusal(batch)) return batch
  const id = await recordReceipt(posting, batch, {
    ...input,
    payer,
    source: 'desk',
    depositDate: input.depositDate ?? batch.batchDate,
  })
  ctx.audit('receipt', id, 'record')
  return (await readReceipt(ctx.tx, posting.practiceId, id))!
}

/** Who paid, once it is sure that the practice knows them. */
export async function findPayer(
  { tx, practiceId }: Posting,
  input: Pick<ReceiptInput, 'patientId' | 'payerId' | 'planId' | 'appointmentId'>,
): Promise<
  | PaidBy
  | Refusal<'one_payer' | 'patient_unknown' | 'payer_unknown' | 'plan_of_another_payer' | 'visit_is_patients'>
> {
  const { patientId, payerId, planId, appointmentId } = input
  if ((patientId === null) === (payerId === null) || (patientId !== null && planId !== null))
    return refuse('one_payer', {
      field: payerId === null ? 'patientId' : 'payerId',
      detail: 'A receipt is either a patient’s or an insurer’s.',
      next: 'Send patientId for a patient receipt, or payerId (with planId where it is known) for an insurance receipt.',
    })
  if (patientId !== null) {
    const known = await tx.maybe(sql`
      select from patient_replica where practice_id = ${practiceId} and id = ${patientId}`)
    return known ? { patientId } : patientUnknown()
  }
  if (appointmentId !== null)
    return refuse('visit_is_patients', {
      field: 'appointmentId',
      detail: 'Only a patient’s money waits for one visit; an insurer’s is posted line by line.',
      next: 'Leave appointmentId out.',
    })
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
