import { BillingEncounterOpened } from '@praxisbus/contracts'
import { json, type Sql, sql, type Tx } from '@praxisbus/runtime'
import type { Diagnosis, Line } from '../domain/billing-encounter.ts'
import { lockVisit, type Posting } from './posting.ts'

export interface EncounterRow {
  readonly id: string
  readonly appointmentId: string | null
  readonly encounterId: string | null
  readonly encounterNumber: number | null
  readonly patientId: string
  readonly practitionerId: string | null
  readonly renderingProviderId: string | null
  readonly locationId: string | null
  readonly placeOfService: string | null
  readonly serviceDate: string
  readonly source: 'session' | 'encounter' | 'cancellation'
  readonly diagnoses: readonly Diagnosis[]
  readonly status: 'unsigned' | 'posted' | 'cancelled'
  /** Who owes its charges when they post: the patient, or the first coverage of that day. */
  readonly billTo: 'patient' | 'insurance'
  readonly sessionCompletedAt: string | null
  readonly releasedAt: string | null
  readonly version: number
}

export const encounterColumns = sql`
  id, appointment_id, encounter_id, encounter_number, patient_id, practitioner_id, rendering_provider_id, location_id,
  place_of_service, service_date, source, diagnoses, status, bill_to, session_completed_at, released_at, version`

/** A person's command on one billing encounter: its visit first, then itself. undefined: the practice has none of that id. */
export async function lockEncounter(
  { tx, practiceId }: Posting,
  id: string,
): Promise<EncounterRow | undefined> {
  // It may be read before the lock: a bill gets no other appointment. One that leaves its visit does so under the visit's lock.
  const row = await tx.maybe<{ appointmentId: string | null }>(
    sql`select appointment_id from billing_encounter where practice_id = ${practiceId} and id = ${id}`,
  )
  if (!row) return undefined
  if (row.appointmentId) await lockVisit(tx, practiceId, row.appointmentId)
  return tx.one<EncounterRow>(forUpdate(sql`practice_id = ${practiceId} and id = ${id}`))
}

export type VisitKey = { readonly appointmentId: string } | { readonly encounterId: string }

export type NewEncounter = Pick<
  EncounterRow,
  | 'appointmentId'
  | 'encounterId'
  | 'patientId'
  | 'practitionerId'
  | 'serviceDate'
  | 'source'
  | 'locationId'
  | 'placeOfService'
>

/**
 * The one billing encounter of a visit, made where session and encounter both come for the first time (B-06). The visit's
 * row is locked; a free-standing encounter comes only once, and the unique constraint stands behind both.
 */
export async function findOrOpenEncounter(posting: Posting, fresh: NewEncounter): Promise<EncounterRow> {
  const { tx, practiceId, newId } = posting
  const { appointmentId, encounterId } = fresh
  if (appointmentId) await lockVisit(tx, practiceId, appointmentId)
  const which = appointmentId
    ? sql`practice_id = ${practiceId} and appointment_id = ${appointmentId}`
    : sql`practice_id = ${practiceId} and encounter_id = ${encounterId}`
  const found = await tx.maybe<EncounterRow>(forUpdate(which))
  if (found) return found
  const id = newId()
  await tx.run(sql`
    insert into billing_encounter (practice_id, id, appointment_id, encounter_id, patient_id, practitioner_id, location_id,
                                   place_of_service, service_date, source)
    values (${practiceId}, ${id}, ${appointmentId}, ${encounterId}, ${fresh.patientId}, ${fresh.practitionerId},
            ${fresh.locationId}, ${fresh.placeOfService}, ${fresh.serviceDate}, ${fresh.source})`)
  const { patientId, serviceDate, source } = fresh
  posting.record(BillingEncounterOpened, {
    subject: id,
    version: 1,
    data: {
      billingEncounterId: id,
      appointmentId,
      encounterId,
      patientId,
      serviceDate,
      // Version 1 knows two sources, and a fee comes from the calendar.
      source: source === 'encounter' ? 'encounter' : 'session',
      cause: source,
    },
  })
  return tx.one<EncounterRow>(forUpdate(sql`practice_id = ${practiceId} and id = ${id}`))
}

/** Its visit is locked. undefined: none has been opened. */
export function lockBillOfVisit(
  { tx, practiceId }: Posting,
  appointmentId: string,
): Promise<EncounterRow | undefined> {
  return tx.maybe<EncounterRow>(
    forUpdate(sql`practice_id = ${practiceId} and appointment_id = ${appointmentId}`),
  )
}

function forUpdate(which: Sql): Sql {
  return sql`select ${encounterColumns} from billing_encounter where ${which} for update`
}

export async function readLines(tx: Tx, practiceId: string, billingEncounterId: string): Promise<Line[]> {
  return tx.many<Line>(sql`
    select line.id, line.position, line.code, line.description, line.units, line.modifiers, line.diagnosis_pointers,
           line.unit_amount_cents, line.discount_cents, line.source, charge.id is not null as charged
      from line left join charge on charge.practice_id = line.practice_id and charge.line_id = line.id
       and charge.reversed_at is null
     where line.practice_id = ${practiceId} and line.billing_encounter_id = ${billingEncounterId}
       and line.removed_at is null
     order by line.position`)
}

/** Lines that are known are overwritten, others are added; none is taken away. */
export async function saveLines(
  tx: Tx,
  practiceId: string,
  billingEncounterId: string,
  lines: readonly Line[],
): Promise<void> {
  await tx.run(sql`
    insert into line (practice_id, id, billing_encounter_id, position, code, description, units, modifiers,
                      diagnosis_pointers, unit_amount_cents, discount_cents, source)
    select ${practiceId}, id, ${billingEncounterId}, position, code, description, units, modifiers, "diagnosisPointers",
           "unitAmountCents", "discountCents", source
      from jsonb_to_recordset(${json(lines)}::jsonb) as given (
        id uuid, position int, code text, description text, units int, modifiers text[], "diagnosisPointers" int[],
        "unitAmountCents" bigint, "discountCents" bigint, source text)
    on conflict (practice_id, id) do update set
      position = excluded.position, code = excluded.code, description = excluded.description, units = excluded.units,
      modifiers = excluded.modifiers, diagnosis_pointers = excluded.diagnosis_pointers,
      unit_amount_cents = excluded.unit_amount_cents, discount_cents = excluded.discount_cents, source = excluded.source`)
}

/** One change, one version. */
export async function touchEncounter(
  { tx, practiceId }: Posting,
  id: string,
  status?: EncounterRow['status'],
): Promise<number> {
  const row = await tx.one<{ version: number }>(sql`
    update billing_encounter set version = version + 1, status = coalesce(${status ?? null}, status)
     where practice_id = ${practiceId} and id = ${id} returning version`)
  return row.version
}
