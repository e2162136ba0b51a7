import { sql } from '@praxisbus/runtime'
import type { AdjudicatedCharge, Standing } from '../domain/insurance.ts'
import type { Part } from '../domain/shares.ts'
import { type LockedCharge, lockCharges } from './payments.ts'
import type { Posting } from './posting.ts'

export interface LockedAdjudication extends AdjudicatedCharge {
  readonly billingEncounterId: string
  readonly patientId: string
  readonly standing: readonly (Standing & { readonly journalId: string | null })[]
}

type Found = Omit<LockedAdjudication, keyof LockedCharge> & { readonly chargeId: string }

/**
 * Charges locked by id, with what payers and the patient did to them so far and who covers them: any number in four statements.
 * Under the lock nothing is applied to them or removed from them.
 */
export async function lockAdjudications(
  posting: Posting,
  chargeIds: readonly string[],
): Promise<LockedAdjudication[]> {
  const { tx, practiceId } = posting
  const locked = await lockCharges(posting, chargeIds)
  const found = await tx.many<Found>(sql`
    select charge.id as charge_id, charge.billing_encounter_id, billed.patient_id, charge.amount_cents as gross_cents,
           charge.amount_cents - charge.discount_cents as net_cents,
           (select coalesce(jsonb_agg(payer_id order by position), '[]') from coverage
             where coverage.practice_id = charge.practice_id and coverage.patient_id = billed.patient_id
               and removed_at is null and coalesce(starts_on, charge.service_date) <= charge.service_date
               and coalesce(ends_on, charge.service_date) >= charge.service_date) as coverages,
           (select coalesce(jsonb_agg(jsonb_build_object('paymentId', payment.id, 'receiptId', receipt.id,
                     'payerId', receipt.payer_id, 'agencyId', receipt.agency_id, 'amountCents', applied.amount_cents, 'moved', applied.moved,
                     'journalId', applied.journal_id) order by payment.applied_at, payment.id), '[]')
              from payment_application as applied
              join payment on payment.practice_id = applied.practice_id and payment.id = applied.payment_id
              join receipt on receipt.practice_id = payment.practice_id and receipt.id = payment.receipt_id
             where applied.practice_id = charge.practice_id and applied.charge_id = charge.id
               and applied.removal_journal_id is null and applied.removed_at is null) as standing
      from charge join billing_encounter as billed
        on billed.practice_id = charge.practice_id and billed.id = charge.billing_encounter_id
     where charge.practice_id = ${practiceId} and charge.id = any(${locked.map((one) => one.chargeId)}::uuid[])
     order by charge.id`)
  const byId = new Map(found.map((one) => [one.chargeId, one]))
  return locked.map((charge) => ({ ...byId.get(charge.chargeId)!, ...charge }))
}

/** With whose share the patient's applications were taken off, which is to be known before they can be given back. */
export async function withTaken(
  posting: Posting,
  charges: readonly LockedAdjudication[],
): Promise<LockedAdjudication[]> {
  const effects = await receivableEffects(
    posting,
    charges.flatMap(({ standing }) =>
      standing.flatMap(({ payerId, journalId }) => (payerId === null && journalId ? journalId : [])),
    ),
  )
  return charges.map((charge) => ({
    ...charge,
    standing: charge.standing.map((one) => ({
      ...one,
      taken: (effects.get(one.journalId ?? '') ?? []).map(({ payerId, amountCents }) => ({
        payerId,
        amountCents: -amountCents,
      })),
    })),
  }))
}

/** What journals did to A/R, by journal. A payment's journal concerns one charge. */
export async function receivableEffects(
  { tx, practiceId }: Posting,
  journalIds: readonly string[],
): Promise<Map<string, Part[]>> {
  const effects = new Map<string, Part[]>()
  if (journalIds.length === 0) return effects
  const rows = await tx.many<Part & { journalId: string }>(sql`
    select entry.journal_id, account.payer_id, sum(entry.amount_cents)::bigint as amount_cents
      from entry join account on account.practice_id = entry.practice_id and account.id = entry.account_id
     where entry.practice_id = ${practiceId} and entry.journal_id = any(${journalIds}::uuid[])
       and account.kind = 'receivable'
     group by entry.journal_id, account.payer_id`)
  for (const { journalId, payerId, amountCents } of rows)
    effects.set(journalId, [...(effects.get(journalId) ?? []), { payerId, amountCents }])
  return effects
}
