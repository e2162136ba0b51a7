import { ChargesSentToCollections } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, json, type Refusal, refuse, sql } from '@praxisbus/runtime'
import { decideSending } from '../domain/collections.ts'
import { collectionJournal } from '../domain/ledger.ts'
import { batchFor } from '../postings/batches.ts'
import { lockLiveCharges } from '../postings/collections.ts'
import { lockEncounter, touchEncounter } from '../postings/encounters.ts'
import { postJournals } from '../postings/journals.ts'
import { type Batch, type Posting, postingOf } from '../postings/posting.ts'
import { type BillingEncounter, readBillingEncounter } from '../queries/get-billing-encounter.ts'
import { encounterNotFound } from '../queries/refusals.ts'
import { agencyUnknown } from './record-receipt.ts'

export interface SendingInput {
  readonly id: string
  readonly agencyId: string
  /** Left out: every charge of the bill that the patient owes something of. */
  readonly chargeIds?: readonly string[]
  readonly reason: string | null
  readonly batchId: string | null
}

type SendingRefusal =
  | Extract<ReturnType<typeof decideSending>, Refusal>
  | Refusal<'not_found' | 'agency_unknown' | 'agency_retired' | 'unknown_batch' | 'period_closed'>

/** Sends what the patient owes of charges to a collection agency (B-13): out of A/R, into collections, charge by charge. */
export async function sendToCollections(
  ctx: CommandContext,
  { id, agencyId, chargeIds, reason, batchId }: SendingInput,
): Promise<BillingEncounter | SendingRefusal> {
  const posting = postingOf(ctx)
  const { tx, practiceId } = posting
  const encounter = await lockEncounter(posting, id)
  if (!encounter) return encounterNotFound()
  const agency = await findAgency(posting, agencyId)
  if (isRefusal(agency)) return agency
  const sent = decideSending(await lockLiveCharges(posting, id), chargeIds)
  if (isRefusal(sent)) return sent
  const batch = await batchFor(posting, batchId)
  if (isRefusal(batch)) return batch
  await place(posting, batch, { agency, reason, sent })
  const version = await touchEncounter(posting, id)
  const { appointmentId, patientId } = encounter
  ctx.record(ChargesSentToCollections, {
    subject: id,
    version,
    data: {
      billingEncounterId: id,
      appointmentId,
      patientId,
      agencyId,
      batchDate: batch.batchDate,
      charges: sent.map((charge) => ({ ...charge })),
    },
  })
  ctx.audit('billing-encounter', id, 'send to collections')
  return (await readBillingEncounter(tx, practiceId, id))!
}

interface Agency {
  readonly id: string
  readonly name: string
  readonly active: boolean
  readonly feeBasisPoints: number
}

async function findAgency(
  { tx, practiceId }: Posting,
  agencyId: string,
): Promise<Agency | Refusal<'agency_unknown' | 'agency_retired'>> {
  const agency = await tx.maybe<Agency>(sql`
    select id, name, active, fee_basis_points from collection_agency where practice_id = ${practiceId} and id = ${agencyId}`)
  if (!agency) return agencyUnknown()
  if (agency.active) return agency
  return refuse('agency_retired', {
    field: 'agencyId',
    detail: `${agency.name} takes no further charges.`,
    next: 'Choose an active one of GET /v1/collection-agencies.',
  })
}

async function place(
  posting: Posting,
  batch: Batch,
  {
    agency,
    reason,
    sent,
  }: {
    readonly agency: Agency
    readonly reason: string | null
    readonly sent: readonly { readonly chargeId: string; readonly amountCents: number }[]
  },
): Promise<void> {
  const { tx, practiceId, newId, now, actor } = posting
  const journalIds = await postJournals(
    posting,
    batch,
    sent.map(({ chargeId, amountCents }) => collectionJournal(chargeId, amountCents)),
  )
  const rows = sent.map((charge, index) => ({ ...charge, id: newId(), journalId: journalIds[index] }))
  await tx.run(sql`
    insert into collection_placement (practice_id, id, charge_id, agency_id, fee_basis_points, amount_cents, reason, batch_id,
                                      journal_id, placed_by, placed_at)
    select ${practiceId}, id, "chargeId", ${agency.id}, ${agency.feeBasisPoints}, "amountCents", ${reason}, ${batch.id},
           "journalId", ${actor}, ${now.toString()}
      from jsonb_to_recordset(${json(rows)}::jsonb) as placed (id uuid, "chargeId" uuid, "amountCents" bigint, "journalId" uuid)`)
}
