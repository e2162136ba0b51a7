import { type CommandContext, isRefusal, type Refusal, refuse, sql, staleWrite } from '@praxisbus/runtime'
import { issueDocument } from '../documents/issue.ts'
import { decideSigning } from '../domain/billing-encounter.ts'
import { batchFor } from '../postings/batches.ts'
import { postCharges } from '../postings/charges.ts'
import { coveragesOn } from '../postings/coverages.ts'
import { lockEncounter, readLines } from '../postings/encounters.ts'
import { postingOf } from '../postings/posting.ts'
import { type BillingEncounter, readBillingEncounter } from '../queries/get-billing-encounter.ts'
import { encounterNotFound } from '../queries/refusals.ts'

export interface SigningInput {
  readonly id: string
  /** Who owes the charges first; left out: insurance where the patient has a coverage on the day of service. */
  readonly billTo?: 'patient' | 'insurance'
  readonly batchId?: string | null
}

/**
 * The biller signs (B-06): every line that is not in the ledger yet posts as a charge. Refused while one has no price. Where the
 * patient owes them and no invoice shows them, one over the whole bill waits for review; sending it voids the one before.
 */
export async function signBillingEncounter(
  ctx: CommandContext,
  { id, billTo, batchId }: SigningInput,
): Promise<
  | BillingEncounter
  | Refusal<
      | 'not_found'
      | 'stale'
      | 'cancelled'
      | 'nothing_to_post'
      | 'no_price'
      | 'no_coverage'
      | 'unknown_batch'
      | 'period_closed'
    >
> {
  const posting = postingOf(ctx)
  const encounter = await lockEncounter(posting, id)
  if (!encounter) return encounterNotFound()
  const stale = staleWrite(ctx, encounter.version)
  if (stale) return stale
  const lines = decideSigning(encounter.status, await readLines(ctx.tx, posting.practiceId, id))
  if (isRefusal(lines)) return lines
  const coverages = await coveragesOn(ctx.tx, posting.practiceId, encounter.patientId, encounter.serviceDate)
  if (billTo === 'insurance' && coverages.length === 0) return noCoverage(encounter.serviceDate)
  const debtor = billTo ?? (coverages.length > 0 ? 'insurance' : 'patient')
  const batch = await batchFor(posting, batchId)
  if (isRefusal(batch)) return batch
  ctx.tx.later(sql`
    update billing_encounter set bill_to = ${debtor} where practice_id = ${posting.practiceId} and id = ${id}`)
  const payerId = debtor === 'insurance' ? coverages[0]!.payerId : null
  await postCharges(posting, batch, encounter, payerId, lines)
  if (debtor === 'patient')
    await issueDocument(posting, {
      kind: 'invoice',
      patientId: encounter.patientId,
      billingEncounterId: id,
      receiptId: null,
    })
  ctx.audit('billing-encounter', id, 'sign')
  return (await readBillingEncounter(ctx.tx, posting.practiceId, id))!
}

function noCoverage(serviceDate: string): Refusal<'no_coverage'> {
  return refuse('no_coverage', {
    field: 'billTo',
    detail: `The patient has no coverage on ${serviceDate}.`,
    next: 'Add it with PUT /v1/patients/{id}/coverages, or bill the patient.',
  })
}
