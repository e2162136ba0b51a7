import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import type { Checkout } from './checkout.ts'
import type { Content } from './content.ts'

/** Draft: edited freely. Review: some of the required roles have signed. Signed: all have (E-07). */
export const STATUSES = ['draft', 'review', 'signed'] as const
export type Status = (typeof STATUSES)[number]

/** Signed content stays as it is, and so does coding that billing has (E-05, E-12). */
export function mayEdit(encounter: {
  readonly status: Status
  readonly number: number
}): Refusal<'encounter_signed'> | undefined {
  if (encounter.status === 'draft') return undefined
  return refuse('encounter_signed', {
    detail: `Encounter ${encounter.number} carries signatures and can no longer be edited.`,
    next: 'Read its document; to change it, have it unlocked (POST /v1/encounters/{id}/unlock).',
  })
}

/** What carries no signature is edited as it is (E-11). */
export function mayUnlock(encounter: {
  readonly status: Status
  readonly number: number
}): Refusal<'not_signed'> | undefined {
  if (encounter.status !== 'draft') return undefined
  return refuse('not_signed', {
    detail: `Encounter ${encounter.number} is a draft and carries no signature.`,
    next: 'Edit it; there is nothing to unlock.',
  })
}

export function encounterNotFound(): Refusal<'encounter_not_found'> {
  return refuse('encounter_not_found', {
    detail: 'This practice has no such encounter.',
    next: 'Look it up in the list of the patient’s encounters.',
  })
}

/** The encounter as its row has it. */
export interface EncounterRow {
  readonly id: string
  readonly number: number
  readonly templateId: string
  readonly templateName: string
  readonly plugins: readonly string[]
  readonly signerRoles: readonly string[]
  readonly appointmentId: string | null
  readonly patientId: string
  readonly practitionerId: string
  readonly serviceDate: string
  readonly status: Status
  readonly content: Content
  readonly checkout: Checkout | null
  readonly contentVersion: number
  readonly startedAt: string
  readonly savedAt: string
  readonly releasedAt: string | null
  /** Which version of the note billing has; says nothing where `releasedAt` is null. */
  readonly releasedVersion: number | null
  readonly version: number
}

/** Billing has the coding of this very version of the note. */
export function isCodingReleased(
  encounter: Pick<EncounterRow, 'releasedAt' | 'releasedVersion' | 'contentVersion'>,
): boolean {
  return encounter.releasedAt !== null && encounter.releasedVersion === encounter.contentVersion
}

/** What the facts of an encounter have in common. */
export function identity(encounter: EncounterRow) {
  return {
    encounterId: encounter.id,
    encounterNumber: encounter.number,
    appointmentId: encounter.appointmentId,
    patientId: encounter.patientId,
    practitionerId: encounter.practitionerId,
  }
}

/** A visit that is still to come cannot have been documented. Dates are YYYY-MM-DD, so text order is time order. */
export function checkServiceDate(
  serviceDate: string,
  today: string,
): Refusal<'service_date_in_future'> | undefined {
  if (serviceDate <= today) return undefined
  return refuse('service_date_in_future', {
    field: 'serviceDate',
    detail: `The service date ${serviceDate} is after today, ${today} at the practice.`,
    next: 'Give the day on which the service took place.',
  })
}

/** The draft of a visit may be begun before its day; it is signed or released from that day on, by the practice's calendar. */
export function stillToCome(
  { number, serviceDate }: Pick<EncounterRow, 'number' | 'serviceDate'>,
  today: string,
): Refusal<'service_date_in_future'> | undefined {
  if (serviceDate <= today) return undefined
  return refuse('service_date_in_future', {
    detail: `The visit of encounter ${number} is on ${serviceDate}, after today, ${today} at the practice.`,
    next: 'Wait until the visit has taken place; where its date is wrong, have the appointment moved in the scheduler.',
  })
}
