import { fields } from '@praxisbus/contracts'
import { isRefusal, type QueryContext, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import type { Billing, Dependents } from '../adapters/billing.ts'
import { practiceOf } from '../commands/practice.ts'
import { encounterNotFound, STATUSES } from '../domain/encounter.ts'

const inBatch = {
  batchDate: fields.date,
  inClosedPeriod: z.boolean().describe('It stays as it is: what changes it is posted into a later batch'),
}

export const dependentsOutput = z.object({
  encounterId: fields.id,
  encounterNumber: z.int(),
  status: z.enum(STATUSES),
  contentVersion: z.int(),
  released: z.boolean(),
  version: z.int(),
  billing: z
    .object({
      billStatus: z.enum(['none', 'unsigned', 'posted', 'cancelled']),
      billingEncounterId: fields.id.nullable(),
      catchingUp: z.boolean().describe('The note was released, and billing does not show it yet'),
      chargedCents: fields.cents,
      paidCents: fields.cents,
      escrowCents: fields.cents.describe('Taken for the visit, and not applied'),
      closedThrough: fields.date.nullable().describe('The books are closed through this day'),
      charges: z.array(
        z.object({
          chargeId: fields.id,
          code: z.string(),
          description: z.string(),
          units: z.int(),
          chargedCents: fields.cents,
          balanceCents: fields.cents,
          collectionsCents: fields.cents,
          ...inBatch,
        }),
      ),
      payments: z.array(
        z.object({
          paymentId: fields.id,
          receiptId: fields.id,
          chargeId: fields.id,
          payerKind: z.string(),
          amountCents: fields.cents,
          ...inBatch,
        }),
      ),
      documents: z.array(
        z.object({ documentId: fields.id, kind: z.string(), number: z.string(), status: z.string() }),
      ),
    })
    .nullable()
    .describe('null: the practice does not use the product Billing'),
})
type Output = z.output<typeof dependentsOutput>

/** What depends on a note, before it is unlocked (E-11): charges, payments, documents, closed periods. Unlocking changes none of it. */
export function getDependents(billing: Billing) {
  return async (ctx: QueryContext, { id }: { readonly id: string }) => {
    const encounter = await ctx.tx.maybe<Omit<Output, 'billing'> & { appointmentId: string | null }>(sql`
      select id as encounter_id, number as encounter_number, status, content_version, released_at is not null as released,
             appointment_id, version
        from encounter where id = ${id}`)
    if (!encounter) return encounterNotFound()
    const practice = await practiceOf(ctx.tx)
    if (isRefusal(practice)) return practice
    ctx.audit('encounter', id)
    const { appointmentId, ...head } = encounter
    if (!practice.hasBilling) return { ...head, billing: null }
    const found = await billing.dependents(ctx.principal, { encounterId: id, appointmentId })
    return isRefusal(found) ? found : { ...head, billing: inBilling(found, head) }
  }
}

function inBilling(
  found: Dependents,
  { released }: Pick<Output, 'released'>,
): NonNullable<Output['billing']> {
  const { billStatus, billingEncounterId, closedThrough, charges, payments } = found
  return {
    ...found,
    billStatus: billStatus as NonNullable<Output['billing']>['billStatus'],
    billingEncounterId: billingEncounterId || null,
    closedThrough: closedThrough || null,
    catchingUp: released && billStatus === 'none',
    chargedCents: charges.reduce((sum, { chargedCents }) => sum + chargedCents, 0),
    paidCents: payments.reduce((sum, { amountCents }) => sum + amountCents, 0),
  }
}
