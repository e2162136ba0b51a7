import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { z } from 'zod'
import { id, modifiers, units } from './input.ts'
import { contactWith, KIND_RULES, kind, medium, type OfSomeKind, showAs } from './kind.ts'
import { fold, localMinute } from './local-time.ts'
import { recurrenceRule } from './recurrence/rule.ts'
import { reminders } from './reminders.ts'

const newPatient = z.strictObject({ name: z.string().trim().min(1, 'is required').max(200) })

/** What can be said of an appointment when it is made, and changed later. */
export const appointmentFields = {
  practitionerId: id,
  services: z
    .array(z.strictObject({ serviceId: id, units: units.default(1) }))
    .max(20)
    .describe('The first is the primary service'),
  modifiers: modifiers.describe('Of the primary service'),
  locationId: id.nullable(),
  roomId: id.nullable(),
  start: localMinute,
  end: localMinute,
  timeZone: z.string().min(1).max(64),
  ambiguousTime: fold.describe('For a time that the clock shows twice; default: the earlier'),
  endAmbiguousTime: fold.describe('The same for the end alone; default: as ambiguousTime'),
  telehealthUrl: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .nullable(),
  additionalInstructions: z.string().trim().min(1).max(4000).nullable(),
  reminders,
  sessionBridge: z.boolean(),
  medium: medium.nullable().describe('How a contact was made (S-05)'),
  contactWith: contactWith.nullable().describe('With whom a collateral contact was (S-06)'),
  title: z.string().trim().min(1).max(200).nullable().describe('Of an other-event (S-07)'),
  showAs: showAs.describe('Busy keeps patients from booking that time online, free does not (S-07)'),
} as const

const appointmentObject = z.strictObject({
  ...appointmentFields,
  kind: kind.default('client-session'),
  patientId: id.optional(),
  newPatient: newPatient.optional().describe('Instead of patientId: registers the patient by name alone'),
  services: appointmentFields.services.default([]),
  modifiers: appointmentFields.modifiers.default([]),
  locationId: appointmentFields.locationId.default(null),
  roomId: appointmentFields.roomId.default(null),
  timeZone: appointmentFields.timeZone.optional().describe('Default: the zone of the practice’s calendar'),
  ambiguousTime: appointmentFields.ambiguousTime.optional(),
  endAmbiguousTime: appointmentFields.endAmbiguousTime.optional(),
  telehealthUrl: appointmentFields.telehealthUrl.default(null),
  additionalInstructions: appointmentFields.additionalInstructions.default(null),
  reminders: appointmentFields.reminders.default([]),
  sessionBridge: appointmentFields.sessionBridge.default(false),
  medium: appointmentFields.medium.default(null),
  contactWith: appointmentFields.contactWith.default(null),
  title: appointmentFields.title.default(null),
  showAs: appointmentFields.showAs.default('busy'),
  sendConfirmation: z.boolean().default(false).describe('Tells the patient, by email or text (S-09)'),
  recurrence: recurrenceRule.optional().describe('Without it the appointment is a single one (S-13)'),
})
export type AppointmentInput = z.infer<typeof appointmentObject>

/** An appointment as a person enters it (S-02, S-05, S-06, S-07). */
export const appointmentInput = KIND_RULES.reduce(
  (schema, { path, message, holds }) =>
    schema.refine((input) => holds(input as OfSomeKind), {
      path: [path],
      message,
      // Said together with other fields that are missing, not after them.
      when: ({ value }) => couldBeAppointment(value),
    }),
  appointmentObject,
)

function couldBeAppointment(value: unknown): boolean {
  const { kind: asked, services, modifiers, reminders } = (value ?? {}) as Partial<OfSomeKind>
  return kind.safeParse(asked).success && [services, modifiers, reminders].every(Array.isArray)
}

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
