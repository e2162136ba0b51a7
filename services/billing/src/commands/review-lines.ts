import { type CommandContext, isRefusal, type Refusal, refuse, sql, staleWrite } from '@praxisbus/runtime'
import { type LineInput, refuseCancelled, reviewLines } from '../domain/billing-encounter.ts'
import { lockEncounter, readLines, saveLines, touchEncounter } from '../postings/encounters.ts'
import { postingOf } from '../postings/posting.ts'
import { type BillingEncounter, readBillingEncounter } from '../queries/get-billing-encounter.ts'
import { encounterNotFound } from '../queries/refusals.ts'

/** The biller reviews and prices what is not in the ledger yet (B-06): the list as it shall be, in its order. */
export async function putLines(
  ctx: CommandContext,
  { id, lines: inputs }: { readonly id: string; readonly lines: readonly LineInput[] },
): Promise<
  | BillingEncounter
  | Refusal<
      | 'not_found'
      | 'stale'
      | 'cancelled'
      | 'posted'
      | 'unknown_line'
      | 'line_posted'
      | 'over_discount'
      | 'unknown_diagnosis'
    >
> {
  const posting = postingOf(ctx)
  const { tx, practiceId } = posting
  const encounter = await lockEncounter(posting, id)
  if (!encounter) return encounterNotFound()
  const stale = staleWrite(ctx, encounter.version)
  if (stale) return stale
  if (encounter.status === 'cancelled') return refuseCancelled()
  const lines = await readLines(tx, practiceId, id)
  if (encounter.status === 'posted' && lines.every((line) => line.charged)) return refusePosted()
  const withIds = inputs.map((input) => ({ ...input, newId: ctx.newId() }))
  const reviewed = reviewLines(lines, encounter.diagnoses.length, withIds)
  if (isRefusal(reviewed)) return reviewed
  const gone = lines.filter((line) => !line.charged && !reviewed.some((kept) => kept.id === line.id))
  await tx.run(sql`
    update line set removed_at = ${ctx.now.toString()}
     where practice_id = ${practiceId} and id = any(${gone.map((line) => line.id)}::uuid[])`)
  await saveLines(tx, practiceId, id, reviewed)
  await touchEncounter(posting, id)
  ctx.audit('billing-encounter', id, 'review lines')
  return (await readBillingEncounter(tx, practiceId, id))!
}

function refusePosted(): Refusal<'posted'> {
  return refuse('posted', {
    detail: 'Every line of this bill is in the ledger.',
    next: 'Reverse the bill with POST …/reverse (with returnPayments where it is paid): its lines are open again then. Cancel it only where nothing of it shall be billed.',
  })
}
