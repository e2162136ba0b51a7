import { json, sql } from '@praxisbus/runtime'
import type { Coding, Difference } from '../domain/amendment.ts'
import type { Diagnosis, ReleasedProcedure } from '../domain/billing-encounter.ts'
import { priceList } from './catalogue.ts'
import type { Posting } from './posting.ts'

export type ReleaseKind = 'first' | 'amended' | 'other-encounter' | 'other-patient'

/** A procedure as the EHR released it: without the id of a line and a price, which are billing's. */
export interface StoredProcedure {
  readonly code: string
  readonly description: string
  readonly units: number
  readonly modifiers: readonly string[]
  readonly diagnosisPointers: readonly number[]
}

export interface ReleaseRow {
  readonly id: string
  readonly billingEncounterId: string
  readonly encounterId: string
  readonly encounterNumber: number
  readonly kind: ReleaseKind
  readonly serviceDate: string
  readonly diagnoses: readonly Diagnosis[]
  readonly procedures: readonly StoredProcedure[]
  readonly differences: readonly Difference[]
  readonly releasedAt: string
  /** Which version of the note it is of; null: the fact did not say. */
  readonly noteVersion: number | null
  readonly settledAt: string | null
}

export const releaseColumns = sql`
  id, billing_encounter_id, encounter_id, encounter_number, kind, service_date, diagnoses, procedures, differences, released_at,
  note_version, settled_at`

/** What came before for this bill, each encounter's oldest first: by the version of its note, as clocks are set back. */
export function readReleases(
  { tx, practiceId }: Pick<Posting, 'tx' | 'practiceId'>,
  billingEncounterId: string,
): Promise<ReleaseRow[]> {
  return tx.many<ReleaseRow>(sql`
    select ${releaseColumns} from encounter_release
     where practice_id = ${practiceId} and billing_encounter_id = ${billingEncounterId}
     order by note_version nulls first, released_at, id`)
}

export function keepRelease(
  { tx, practiceId, newId, now }: Posting,
  release: Omit<ReleaseRow, 'id' | 'settledAt'> & { readonly encounterVersion: number },
): string {
  const id = newId()
  const procedures = release.procedures.map(({ code, description, units, modifiers, diagnosisPointers }) => ({
    code,
    description,
    units,
    modifiers,
    diagnosisPointers,
  }))
  tx.later(sql`
    insert into encounter_release (practice_id, id, billing_encounter_id, encounter_id, encounter_number, encounter_version, note_version,
                                   kind, service_date, diagnoses, procedures, differences, released_at, received_at)
    values (${practiceId}, ${id}, ${release.billingEncounterId}, ${release.encounterId}, ${release.encounterNumber},
            ${release.encounterVersion}, ${release.noteVersion}, ${release.kind}, ${release.serviceDate}, ${json(release.diagnoses)},
            ${json(procedures)}, ${json(release.differences)}, ${release.releasedAt}, ${now.toString()})`)
  return id
}

/** What a release says otherwise than its bill waits for a biller, also where the release was settled before. */
export async function leaveWaiting(
  { tx, practiceId }: Posting,
  releaseId: string,
  differences: readonly Difference[],
): Promise<void> {
  await tx.run(sql`
    update encounter_release
       set differences = ${json(differences)}, settled_at = null, settled_by = null, settle_note = null
     where practice_id = ${practiceId} and id = ${releaseId}`)
}

/** A newer release of the same encounter takes the place of what still waits of it. */
export async function supersede(
  { tx, practiceId, actor, now }: Posting,
  billingEncounterId: string,
  encounterId: string,
): Promise<void> {
  await tx.run(sql`
    update encounter_release
       set settled_at = ${now.toString()}, settled_by = ${actor}, settle_note = 'A newer release of the encounter came.'
     where practice_id = ${practiceId} and billing_encounter_id = ${billingEncounterId} and encounter_id = ${encounterId}
       and settled_at is null and differences <> '[]'`)
}

/** Procedures as lines that could be: with an id, and the catalogue's price. */
export async function priced(
  { tx, practiceId, newId }: Posting,
  procedures: readonly StoredProcedure[],
): Promise<ReleasedProcedure[]> {
  const codes = procedures.map((procedure) => procedure.code)
  const prices = await priceList(tx, practiceId, codes)
  return procedures.map((procedure) => ({
    ...procedure,
    id: newId(),
    unitAmountCents: prices.get(procedure.code) ?? null,
  }))
}

export async function codingOf(
  posting: Posting,
  { serviceDate, diagnoses, procedures }: Pick<ReleaseRow, 'serviceDate' | 'diagnoses' | 'procedures'>,
): Promise<Coding> {
  return { serviceDate, diagnoses, procedures: await priced(posting, procedures) }
}
