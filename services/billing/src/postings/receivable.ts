import { BalanceTransferred } from '@praxisbus/contracts'
import { json, sql } from '@praxisbus/runtime'
import type { Transfer } from '../domain/receivable.ts'
import { transferJournal } from '../domain/receivable-journals.ts'
import { Shares } from '../domain/shares.ts'
import type { LockedAdjudication } from './adjudications.ts'
import { postJournals } from './journals.ts'
import type { Batch, Posting } from './posting.ts'

/** The charges are locked and owe what is moved. One fact for each charge. */
export async function postTransfers(
  posting: Posting,
  batch: Batch,
  charges: readonly LockedAdjudication[],
  transfers: readonly Transfer[],
  note: string | null,
): Promise<void> {
  if (transfers.length === 0) return
  const { tx, practiceId, newId, now, actor } = posting
  const journalIds = await postJournals(
    posting,
    batch,
    transfers.map(({ chargeId, ...transfer }) => transferJournal(chargeId, transfer)),
  )
  const rows = transfers.map((transfer, index) => ({
    id: newId(),
    charge_id: transfer.chargeId,
    from_payer_id: transfer.from,
    to_payer_id: transfer.to,
    amount_cents: transfer.amountCents,
    journal_id: journalIds[index]!,
  }))
  await tx.run(sql`
    insert into balance_transfer (practice_id, id, charge_id, from_payer_id, to_payer_id, amount_cents, note, batch_id, journal_id,
                                  recorded_by, recorded_at)
    select ${practiceId}, id, charge_id, from_payer_id, to_payer_id, amount_cents, ${note}, ${batch.id}, journal_id, ${actor},
           ${now.toString()}
      from jsonb_to_recordset(${json(rows)}::jsonb) as moved (
        id uuid, charge_id uuid, from_payer_id uuid, to_payer_id uuid, amount_cents bigint, journal_id uuid)`)
  const touched = charges.filter(({ chargeId }) => rows.some((row) => row.charge_id === chargeId))
  const versions = await nextChargeVersions(
    posting,
    touched.map((charge) => charge.chargeId),
  )
  for (const charge of touched) {
    const own = rows.filter((row) => row.charge_id === charge.chargeId)
    const shares = new Shares(charge.shares)
    for (const row of own) {
      shares.add(row.from_payer_id, -row.amount_cents)
      shares.add(row.to_payer_id, row.amount_cents)
    }
    const { chargeId, billingEncounterId, patientId } = charge
    posting.record(BalanceTransferred, {
      subject: chargeId,
      version: versions.get(chargeId)!,
      data: {
        chargeId,
        billingEncounterId,
        patientId,
        batchDate: batch.batchDate,
        note,
        transfers: own.map((row) => ({
          transferId: row.id,
          fromPayerId: row.from_payer_id,
          toPayerId: row.to_payer_id,
          amountCents: row.amount_cents,
        })),
        shares: shares.list(),
      },
    })
  }
}

/** One change, one version. The charges are locked. */
export async function nextChargeVersions(
  { tx, practiceId }: Posting,
  chargeIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await tx.many<{ id: string; version: number }>(sql`
    update charge set version = version + 1 where practice_id = ${practiceId} and id = any(${chargeIds}::uuid[])
    returning id, version`)
  return new Map(rows.map(({ id, version }) => [id, version]))
}
