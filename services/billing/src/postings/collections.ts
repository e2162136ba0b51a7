import { sql } from '@praxisbus/runtime'
import type { SendableCharge } from '../domain/collections.ts'
import { type LockedCharge, lockCharges } from './payments.ts'
import type { Posting } from './posting.ts'

/** The charges of a bill that stand, by id, each locked. The bill is locked, so none comes or goes. */
export async function lockLiveCharges(
  posting: Posting,
  billingEncounterId: string,
): Promise<(LockedCharge & SendableCharge)[]> {
  const { tx, practiceId } = posting
  const rows = await tx.many<{ id: string }>(sql`
    select id from charge
     where practice_id = ${practiceId} and billing_encounter_id = ${billingEncounterId} and reversed_at is null order by id`)
  const charges = await lockCharges(
    posting,
    rows.map((row) => row.id),
  )
  return charges.map((charge) => ({
    ...charge,
    patientCents: charge.shares.find((share) => share.payerId === null)?.balanceCents ?? 0,
  }))
}
