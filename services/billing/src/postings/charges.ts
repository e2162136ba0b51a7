import { ChargesPosted } from '@praxisbus/contracts'
import { json, sql } from '@praxisbus/runtime'
import type { Line } from '../domain/billing-encounter.ts'
import { chargeJournal } from '../domain/ledger.ts'
import { grossCents, sumCents } from '../domain/money.ts'
import { coveragesOn } from './coverages.ts'
import { type EncounterRow, touchEncounter } from './encounters.ts'
import { postJournals } from './journals.ts'
import { applyVisitEscrow } from './payments.ts'
import type { Batch, Posting } from './posting.ts'

/**
 * Lines become charges and go into the ledger (B-06); money that waits for the visit is applied to them at once (B-10).
 * The encounter is locked and every line has its price. `payerId`: who owes them first, null the patient; coverages are not locked,
 * so whoever decided by them hands on what they read. Returns the encounter's version after it.
 */
export async function postCharges(
  posting: Posting,
  batch: Batch,
  encounter: Pick<EncounterRow, 'id' | 'appointmentId' | 'patientId' | 'serviceDate'>,
  payerId: string | null,
  lines: readonly Line[],
): Promise<number> {
  const { newId } = posting
  const charges = lines.map((line) => {
    const id = newId()
    const gross = grossCents({ units: line.units, unitAmountCents: priced(line) })
    const journal = chargeJournal(id, { grossCents: gross, discountCents: line.discountCents, payerId })
    return { line, id, gross, journal: journal && { ...journal, id: newId() } }
  })
  await insertCharges(posting, batch, encounter, payerId, charges)
  await postJournals(
    posting,
    batch,
    charges.flatMap(({ journal }) => (journal ? [journal] : [])),
  )
  const version = await touchEncounter(posting, encounter.id, 'posted')
  const posted = charges.map(({ line, id, gross }) => ({
    chargeId: id,
    code: line.code,
    units: line.units,
    amountCents: gross - line.discountCents,
  }))
  posting.record(ChargesPosted, {
    subject: encounter.id,
    version,
    data: {
      billingEncounterId: encounter.id,
      appointmentId: encounter.appointmentId,
      patientId: encounter.patientId,
      batchDate: batch.batchDate,
      charges: posted,
      totalCents: sumCents(posted.map((charge) => charge.amountCents)),
    },
  })
  if (encounter.appointmentId) await applyVisitEscrow(posting, batch, encounter.appointmentId)
  return version
}

interface NewCharge {
  readonly line: Line
  readonly id: string
  readonly gross: number
  readonly journal: { readonly id: string } | undefined
}

async function insertCharges(
  { tx, practiceId, now }: Posting,
  batch: Batch,
  encounter: Pick<EncounterRow, 'id' | 'serviceDate'>,
  payerId: string | null,
  charges: readonly NewCharge[],
): Promise<void> {
  const rows = charges.map(({ line, id, gross, journal }) => ({
    id,
    line_id: line.id,
    code: line.code,
    description: line.description,
    units: line.units,
    modifiers: line.modifiers,
    amount_cents: gross,
    discount_cents: line.discountCents,
    journal_id: journal?.id ?? null,
  }))
  await tx.run(sql`
    insert into charge (practice_id, id, billing_encounter_id, line_id, code, description, units, modifiers, amount_cents,
                        discount_cents, service_date, batch_id, journal_id, posted_at, payer_id)
    select ${practiceId}, id, ${encounter.id}, line_id, code, description, units, modifiers, amount_cents, discount_cents,
           ${encounter.serviceDate}, ${batch.id}, journal_id, ${now.toString()}, ${payerId}
      from jsonb_to_recordset(${json(rows)}::jsonb) as posted (
        id uuid, line_id uuid, code text, description text, units int, modifiers text[], amount_cents bigint,
        discount_cents bigint, journal_id uuid)`)
}

/** The patient's first coverage on the day of service; null where there is none, and the patient owes it. */
export async function firstPayer(
  { tx, practiceId }: Posting,
  { patientId, serviceDate }: Pick<EncounterRow, 'patientId' | 'serviceDate'>,
): Promise<string | null> {
  const [first] = await coveragesOn(tx, practiceId, patientId, serviceDate)
  return first?.payerId ?? null
}

function priced(line: Line): number {
  if (line.unitAmountCents === null) throw new Error(`line ${line.code} has no price`)
  return line.unitAmountCents
}
