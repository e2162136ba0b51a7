import { sql, type Tx } from '@praxisbus/runtime'
import { composeStatement, type StatementCharge, type StatementContent } from '../domain/statement.ts'
import { owedOfCharge } from '../queries/charge-history.ts'

interface Owed {
  readonly charges: readonly Omit<StatementCharge, 'adjustedCents'>[]
  readonly creditCents: number
}

/**
 * All open charges of a patient and the patient's credit (B-20). In one statement: two would see a payment that is applied
 * between them twice, or not at all.
 */
export async function readStatement(
  tx: Tx,
  practiceId: string,
  patientId: string,
  asOf: string,
): Promise<StatementContent> {
  const { charges, creditCents } = await tx.one<Owed>(sql`
    with open as (
      select charge.id, charge.service_date, charge.code, charge.description, charge.modifiers, charge.units,
             charge.amount_cents, owed.patient_cents as balance_cents,
             owed.balance_cents - owed.patient_cents as insurance_cents, owed.collections_cents
        from billing_encounter as billed
        join charge on charge.practice_id = billed.practice_id and charge.billing_encounter_id = billed.id
         and charge.reversed_at is null
        cross join ${owedOfCharge}
       where billed.practice_id = ${practiceId} and billed.patient_id = ${patientId} and owed.patient_cents > 0
    ), paid as (
      select applied.charge_id, receipt.deposit_date, receipt.method, receipt.payer_kind,
             sum(applied.amount_cents + applied.fee_cents)::bigint as amount_cents, receipt.id
        from payment_application as applied
        join payment on payment.practice_id = applied.practice_id and payment.id = applied.payment_id
        join receipt on receipt.practice_id = payment.practice_id and receipt.id = payment.receipt_id
       where applied.practice_id = ${practiceId} and applied.removal_journal_id is null
         and applied.charge_id in (select id from open)
       group by applied.charge_id, receipt.id, receipt.deposit_date, receipt.method, receipt.payer_kind
    )
    select (select coalesce(jsonb_agg(jsonb_build_object('chargeId', id, 'serviceDate', service_date, 'code', code,
                     'description', description, 'modifiers', modifiers, 'units', units, 'amountCents', amount_cents,
                     'insuranceCents', insurance_cents, 'collectionsCents', collections_cents, 'balanceCents', balance_cents,
                     'paidCents', (select coalesce(sum(amount_cents), 0) from paid where charge_id = open.id),
                     'payments', (select coalesce(jsonb_agg(jsonb_build_object('date', deposit_date, 'method', method,
                                           'insurer', payer_kind = 'insurer', 'agency', payer_kind = 'agency', 'amountCents', amount_cents)
                                           order by deposit_date, id), '[]')
                                    from paid where charge_id = open.id))
                     order by service_date, id), '[]') from open) as charges,
           (select coalesce(-sum(account.balance_cents), 0)::bigint
              from receipt join account on account.practice_id = receipt.practice_id and account.receipt_id = receipt.id
               and account.kind = 'escrow'
             where receipt.practice_id = ${practiceId} and receipt.patient_id = ${patientId}
               and receipt.payer_kind = 'patient') as credit_cents`)
  return composeStatement(asOf, charges.map(whole), creditCents)
}

/** What is neither paid nor owed to anybody was taken off. */
function whole(charge: Owed['charges'][number]): StatementCharge {
  const { amountCents, paidCents, insuranceCents, collectionsCents = 0, balanceCents } = charge
  return {
    ...charge,
    adjustedCents: amountCents - paidCents - insuranceCents - collectionsCents - balanceCents,
  }
}
