import { type CommandContext, type Refusal, refuse, sql, sqlState, staleWrite } from '@praxisbus/runtime'
import type { PaymentPartner } from '../adapters/stripe.ts'
import { isPartnerFailure } from '../domain/payment-request.ts'
import { type PartnerView, readPartner } from '../queries/get-payment-partner.ts'

/**
 * Connects the practice to its account at the payment partner (B-02), which is asked whether it is there and may take money.
 * An account belongs to one practice: nobody can have another's payments come to them.
 */
export function connectPaymentPartner(partner: PaymentPartner | undefined) {
  return async (
    ctx: CommandContext,
    { accountId }: { readonly accountId: string },
  ): Promise<
    | PartnerView
    | Refusal<'stale' | 'not_set' | 'account_taken' | 'account_not_usable' | 'partner_unavailable'>
  > => {
    const { tx, principal } = ctx
    const held = await tx.maybe<{ version: number }>(sql`
      select version from payment_partner where practice_id = ${principal.practiceId} for update`)
    const stale = held && staleWrite(ctx, held.version)
    if (stale) return stale
    if (!partner) return notSet()
    const usable = await partner.takesMoney(accountId)
    if (isPartnerFailure(usable)) return unavailable()
    if (!usable) return notUsable()
    return keepAccount(ctx, accountId)
  }
}

async function keepAccount(
  { tx, principal, now, audit }: CommandContext,
  accountId: string,
): Promise<PartnerView | Refusal<'account_taken'>> {
  const { practiceId, userId } = principal
  const at = now.toString()
  try {
    await tx.run(sql`
      insert into payment_partner as held (practice_id, account_id, connected_at, connected_by)
      values (${practiceId}, ${accountId}, ${at}, ${userId})
      on conflict (practice_id) do update set
        account_id = ${accountId}, connected_at = ${at}, connected_by = ${userId}, disconnected_at = null,
        version = held.version + 1`)
  } catch (error) {
    // Found by the index over all practices, which nobody here may read.
    if (sqlState(error) === '23505') return accountTaken()
    throw error
  }
  audit('payment-partner', practiceId, 'connect')
  return readPartner(tx, practiceId, true)
}

/** Links that are out stay payable, and what is paid by them is recorded; no new ones are made. */
export async function disconnectPaymentPartner(
  ctx: CommandContext,
): Promise<PartnerView | Refusal<'not_connected'>> {
  const { tx, principal, now } = ctx
  const { practiceId } = principal
  const done = await tx.run(sql`
    update payment_partner set disconnected_at = ${now.toString()}, version = version + 1
     where practice_id = ${practiceId} and disconnected_at is null`)
  if (done === 0)
    return refuse('not_connected', {
      detail: 'The practice is not connected to a payment partner.',
      next: 'There is nothing to do.',
    })
  ctx.audit('payment-partner', practiceId, 'disconnect')
  return readPartner(tx, practiceId, true)
}

function unavailable(): Refusal<'partner_unavailable'> {
  return refuse('partner_unavailable', {
    detail: 'The payment partner cannot be asked just now. Nothing was changed.',
    next: 'Try again in a moment.',
  })
}

function notUsable(): Refusal<'account_not_usable'> {
  return refuse('account_not_usable', {
    field: 'accountId',
    detail:
      'The payment partner has no such account connected to this installation, or it may not take money yet.',
    next: 'Finish setting up the account at the partner, connect it to this installation there, then try again.',
  })
}

function accountTaken(): Refusal<'account_taken'> {
  return refuse('account_taken', {
    field: 'accountId',
    detail: 'This account takes the payments of another practice.',
    next: 'Give the account of your own practice.',
  })
}

export function notSet(): Refusal<'not_set'> {
  return refuse('not_set', {
    detail: 'This installation is not set up for payments online.',
    next: 'Ask the operator to set STRIPE_URL, STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET for billing.',
  })
}
