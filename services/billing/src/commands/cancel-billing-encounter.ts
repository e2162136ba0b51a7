import type { CommandContext, Refusal } from '@praxisbus/runtime'
import { refuseCancelled } from '../domain/billing-encounter.ts'
import { refuseInCollections } from '../domain/collections.ts'
import { refuseAdjusted, refusePaid } from '../domain/reversal.ts'
import { cancelBill } from '../postings/cancelled-bill.ts'
import { lockLiveCharges } from '../postings/collections.ts'
import { lockEncounter } from '../postings/encounters.ts'
import { postingOf } from '../postings/posting.ts'
import { livePayments, liveWriteOffs } from '../postings/reversal.ts'
import { type BillingEncounter, readBillingEncounter } from '../queries/get-billing-encounter.ts'
import { encounterNotFound } from '../queries/refusals.ts'

/**
 * Cancels a bill (B-05, S-16): its charges are reversed by journals that point back, its invoices and superbills are void. Refused while
 * a payment is applied to it, something of it is written off, or an agency collects it.
 */
export async function cancelBillingEncounter(
  ctx: CommandContext,
  { id }: { readonly id: string },
): Promise<
  BillingEncounter | Refusal<'not_found' | 'cancelled' | 'in_collections' | 'payment_applied' | 'adjusted'>
> {
  const posting = postingOf(ctx)
  const { tx, practiceId } = posting
  const encounter = await lockEncounter(posting, id)
  if (!encounter) return encounterNotFound()
  if (encounter.status === 'cancelled') return refuseCancelled()
  // A payment locks the charge before it is applied, so none can slip in between here and the commit.
  const charges = await lockLiveCharges(posting, id)
  const inCollections = refuseInCollections(charges)
  if (inCollections) return inCollections
  const payments = await livePayments(posting, id)
  if (payments.length > 0) return refusePaid(payments, REMOVE_FIRST)
  const adjusted = refuseAdjusted(await liveWriteOffs(posting, id))
  if (adjusted) return adjusted
  const chargeIds = charges.map((charge) => charge.chargeId)
  await cancelBill(posting, encounter, chargeIds, ctx.now)
  ctx.audit('billing-encounter', id, 'cancel')
  return (await readBillingEncounter(tx, practiceId, id))!
}

const REMOVE_FIRST =
  'Remove the payment with POST /v1/payments/{paymentId}/remove (its money goes back to escrow), then cancel.'
