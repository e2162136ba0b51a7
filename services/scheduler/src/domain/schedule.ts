import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { z } from 'zod'
import { id, modifiers, units } from './input.ts'
import { fold, localMinute } from './local-time.ts'
import { reminders } from './reminders.ts'

const newPatient = z.strictObject({ name: z.string().trim().min(1, 'is required').max(200) })

/** A client session as a person enters it (S-02). */
export const sessionInput = z
  .strictObject({
    patientId: id.optional(),
    newPatient: newPatient.optional().describe('Instead of patientId: registers the patient by name alone'),
    practitionerId: id,
    services: z
      .array(z.strictObject({ serviceId: id, units: units.default(1) }))
      .max(20)
      .default([])
      .describe('The first is the primary service'),
    modifiers: modifiers.default([]).describe('Of the primary service'),
    locationId: id.nullable().default(null),
    roomId: id.nullable().default(null),
    start: localMinute,
    end: localMinute,
    timeZone: z.string().min(1).max(64).optional().describe('Default: the zone of the practice’s calendar'),
    ambiguousTime: fold.optional().describe('For a time that the clock shows twice; default: the earlier'),
    endAmbiguousTime: fold.optional().describe('The same for the end alone; default: as ambiguousTime'),
    telehealthUrl: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      .nullable()
      .default(null),
    additionalInstructions: z.string().trim().min(1).max(4000).nullable().default(null),
    reminders: reminders.default([]),
    sessionBridge: z.boolean().default(false),
  })
  .refine((input) => !(input.patientId === undefined && input.newPatient === undefined), {
    path: ['patientId'],
    message: 'is required, or newPatient with a name',
    // Said together with the other fields that are missing, not after them.
    when: ({ value }) => typeof value === 'object' && value !== null,
  })
  .refine((input) => input.patientId === undefined || input.newPatient === undefined, {
    path: ['newPatient'],
    message: 'cannot stand beside patientId',
  })
export type SessionInput = z.infer<typeof sessionInput>

/** S-03: without a service, or where one has no amount, nothing can be claimed. */
export function isBillable(services: readonly { readonly amountCents: number | null }[]): boolean {
  return services.length > 0 && services.every((service) => service.amountCents !== null)
}

/** A room stands at its location: given alone it brings it along. Refuses `room_elsewhere`. */
export function placeOf(
  locationId: string | null,
  room: { readonly locationId: string } | undefined,
): string | null | Refusal<'room_elsewhere'> {
  if (!room) return locationId
  if (locationId === null || locationId === room.locationId) return room.locationId
  return refuse('room_elsewhere', {
    field: 'roomId',
    detail: 'The room is at another location.',
    next: 'Choose a room of the location, or leave the location out.',
  })
}
