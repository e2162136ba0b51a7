import { fields, ScanBatchCreated } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, sql, type Tx } from '@praxisbus/runtime'
import { z } from 'zod'
import { batchType, type ScanBatchView } from '../domain/input.ts'
import { decideScanBatch, type ScanBatchWish, type Surroundings } from '../domain/scan-batch.ts'
import { loadScanBatch } from '../queries/get-scan-batch.ts'

export const newScanBatch = z.strictObject({
  practiceId: fields.id.optional().describe('Only for users who work for several practices'),
  description: z.string().trim().max(500).nullish(),
  type: batchType,
  locationId: fields.id.nullish().describe('Charge batches only: the facility'),
  dateOfService: z.iso.date().nullish().describe('Charge batches only'),
  chargeReceivedDate: z.iso.date().nullish().describe('Charge batches only'),
  payerId: fields.id.nullish().describe('Payment batches only'),
  planId: fields.id.nullish().describe('Payment batches only: a plan of that payer'),
})

/** I-01: a scan batch with its first, empty image set. */
export async function createScanBatch(ctx: CommandContext, wish: z.output<typeof newScanBatch>) {
  const batch = decideScanBatch(wish, await surroundings(ctx, wish))
  if (isRefusal(batch)) return batch
  const scanBatchId = ctx.newId()
  const { practiceId, userId } = ctx.principal
  const createdAt = ctx.now.toString({ smallestUnit: 'millisecond' })
  await ctx.tx.run(sql`
    insert into scan_batch (practice_id, id, description, type, location_id, date_of_service, charge_received_date,
                            payer_id, plan_id, created_by, created_at)
    values (${practiceId}, ${scanBatchId}, ${batch.description}, ${batch.type}, ${batch.locationId},
            ${batch.dateOfService}, ${batch.chargeReceivedDate}, ${batch.payerId}, ${batch.planId}, ${userId}, ${createdAt})`)
  await ctx.tx.run(sql`
    insert into image_set (practice_id, id, scan_batch_id, position, created_at)
    values (${practiceId}, ${ctx.newId()}, ${scanBatchId}, 1, ${createdAt})`)
  ctx.record(ScanBatchCreated, {
    subject: scanBatchId,
    version: 1,
    data: { scanBatchId, ...batch, createdAt },
  })
  ctx.audit('scan-batch', scanBatchId, 'create')
  return (await loadScanBatch(ctx.tx, scanBatchId)) as ScanBatchView
}

/** Nobody is refused for a time zone that has not arrived here yet: there, today has begun wherever one is. */
const EARLIEST_ZONE = 'Pacific/Kiritimati'

async function surroundings({ tx, now }: CommandContext, wish: ScanBatchWish): Promise<Surroundings> {
  const practice = await tx.maybe<{ timeZone: string; imagingInUse: boolean }>(
    sql`select time_zone, imaging_in_use from practice_replica`,
  )
  return {
    today: now
      .toZonedDateTimeISO(practice?.timeZone ?? EARLIEST_ZONE)
      .toPlainDate()
      .toString(),
    imagingInUse: practice?.imagingInUse ?? true,
    location: await active(
      tx,
      wish.locationId,
      (id) => sql`select active from location_replica where id = ${id}`,
    ),
    payer: await active(tx, wish.payerId, (id) => sql`select active from payer_replica where id = ${id}`),
    plan: await plan(tx, wish.planId),
  }
}

async function active(
  tx: Tx,
  id: string | null | undefined,
  statement: (id: string) => ReturnType<typeof sql>,
) {
  return id ? tx.maybe<{ active: boolean }>(statement(id)) : undefined
}

async function plan(tx: Tx, id: string | null | undefined) {
  if (!id) return undefined
  return tx.maybe<{ payerId: string; active: boolean }>(sql`
    select payer_replica.id as payer_id, (plan ->> 'active')::boolean as active
      from payer_replica, jsonb_array_elements(plans) as plan
     where plan ->> 'planId' = ${id}
     limit 1`)
}
