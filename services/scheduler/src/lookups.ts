import { type Refusal, refuse, type Sql, sql, type Tx } from '@praxisbus/runtime'
import type { PatientAnswer } from './answers.ts'

/** What a command needs to know of the records it refers to. Row-level security hides those of other practices. */

export function notFound(record: string, id: string): Refusal<'not_found'> {
  return refuse('not_found', {
    detail: `The practice has no ${record} ${id}.`,
    next: 'Check the id; records of other practices are not shown.',
  })
}

function notAvailable<Code extends string>(
  code: Code,
  field: string,
  record: string,
  id: string,
): Refusal<Code> {
  return refuse(code, {
    field,
    detail: `The practice has no active ${record} ${id}.`,
    next: `Choose an active ${record} of the practice.`,
  })
}

interface Named {
  readonly name: string
  readonly active: boolean
}

/** Locked, so that of two appointments made at once for one person the second sees the first (S-12). */
export async function lockPractitioner(tx: Tx, id: string, { evenInactive = false } = {}) {
  const found = await tx.maybe<Named>(
    sql`select name, active from practitioner where id = ${id} for no key update`,
  )
  return found && (found.active || evenInactive)
    ? found
    : notAvailable('practitioner_not_available', 'practitionerId', 'practitioner', id)
}

/** Several, in the order of their ids, so that nobody waits in a circle; those that exist. */
export function lockPractitioners(
  tx: Tx,
  ids: readonly string[],
): Promise<{ readonly id: string; readonly active: boolean }[]> {
  if (ids.length === 0) return Promise.resolve([])
  return tx.many(sql`
    select id, active from practitioner where id = any(${[...new Set(ids)]}::uuid[]) order by id for no key update`)
}

export async function findLocation(tx: Tx, id: string, { evenInactive = false } = {}) {
  const found = await tx.maybe<Named & { placeOfService: string }>(
    sql`select name, active, place_of_service from location where id = ${id}`,
  )
  return found && (found.active || evenInactive)
    ? found
    : notAvailable('location_not_available', 'locationId', 'location', id)
}

/** Locked for the same reason as the practitioner. */
export async function lockRoom(tx: Tx, id: string, { evenInactive = false } = {}) {
  const found = await tx.maybe<Named & { locationId: string }>(
    sql`select name, active, location_id from room where id = ${id} for no key update`,
  )
  return found && (found.active || evenInactive)
    ? found
    : notAvailable('room_not_available', 'roomId', 'room', id)
}

export interface CatalogueService {
  readonly serviceId: string
  readonly code: string
  readonly description: string
  readonly amountCents: number | null
  readonly active: boolean
}

/** Of these ids, the services that are known here. */
export async function knownServices(
  tx: Tx,
  ids: readonly string[],
): Promise<ReadonlyMap<string, CatalogueService>> {
  const rows = await tx.many<CatalogueService>(sql`
    select service_id, code, description, amount_cents, active from service_replica
     where service_id = any(${[...new Set(ids)]}::uuid[])`)
  return new Map(rows.map((row) => [row.serviceId, row]))
}

export interface PatientRow extends Omit<PatientAnswer, 'reminderConsents'> {
  readonly consentEmail: boolean
  readonly consentPhone: boolean
  readonly consentText: boolean
}

const LOCKS: Readonly<Record<'none' | 'share' | 'update', Sql>> = {
  none: sql``,
  share: sql` for share`,
  update: sql` for update`,
}

export async function findPatient(
  tx: Tx,
  id: string,
  lock: keyof typeof LOCKS = 'none',
): Promise<PatientAnswer | undefined> {
  const row = await tx.maybe<PatientRow>(sql`${patientById(id)}${LOCKS[lock]}`)
  return row && patientAnswerOf(row)
}

export function patientById(id: string): Sql {
  return sql`select ${PATIENT_COLUMNS} from patient where id = ${id}`
}

export const PATIENT_COLUMNS = sql`id as patient_id, name, birth_date, email, phone, address_lines, consent_email,
  consent_phone, consent_text, diagnosis_codes, version`

export function patientAnswerOf(row: PatientRow): PatientAnswer {
  const { consentEmail, consentPhone, consentText, ...rest } = row
  return { ...rest, reminderConsents: { email: consentEmail, phone: consentPhone, text: consentText } }
}
