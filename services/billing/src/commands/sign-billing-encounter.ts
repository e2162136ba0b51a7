import { type CommandContext, isRefusal, type Refusal, staleWrite } from '@praxisbus/runtime'
import { decideSigning } from '../domain/billing-encounter.ts'
import { postCharges } from '../postings/charges.ts'
import { lockEncounter, readLines } from '../postings/encounters.ts'
import { defaultBatch, postingOf } from '../postings/posting.ts'
import { type BillingEncounter, readBillingEncounter } from '../queries/get-billing-encounter.ts'
import { encounterNotFound } from '../queries/refusals.ts'

/** The biller signs (B-06): every line that is not in the ledger yet posts as a charge. Refused while one has no price. */
export async function signBillingEncounter(
  ctx: CommandContext,
  { id }: { readonly id: string },
): Promise<BillingEncounter | Refusal<'not_found' | 'stale' | 'cancelled' | 'nothing_to_post' | 'no_price'>> {
  const posting = postingOf(ctx)
  const encounter = await lockEncounter(posting, id)
  if (!encounter) return encounterNotFound()
  const stale = staleWrite(ctx, encounter.version)
  if (stale) return stale
  const lines = decideSigning(encounter.status, await readLines(ctx.tx, posting.practiceId, id))
  if (isRefusal(lines)) return lines
  const batch = await defaultBatch(posting, ctx.now)
  await postCharges(posting, batch, encounter, lines)
  ctx.audit('billing-encounter', id, 'sign')
  return (await readBillingEncounter(ctx.tx, posting.practiceId, id))!
}
