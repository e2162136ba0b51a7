import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { z } from 'zod'
import { paragraphs } from './text.ts'

const MAX_INSTRUCTIONS = 4_000

const instructions = (forWhom: string) =>
  paragraphs(MAX_INSTRUCTIONS)
    .transform((text) => text.trim() || null)
    .nullable()
    .default(null)
    .describe(forWhom)

/** All instructions of an encounter; what is left out or blank is taken away. */
export const checkoutInput = z.strictObject({
  patientInstructions: instructions('What the patient is told at checkout'),
  frontDeskInstructions: instructions('For the front desk; whoever sees the appointment reads it'),
})
export type Checkout = z.output<typeof checkoutInput>

export const isEmpty = (checkout: Checkout) =>
  checkout.patientInstructions === null && checkout.frontDeskInstructions === null

/** Without a visit there is no checkout at which anybody would read them (E-03). */
export function notLinkedToVisit(encounterNumber: number): Refusal<'not_linked_to_visit'> {
  return refuse('not_linked_to_visit', {
    detail: `Encounter ${encounterNumber} is free-standing, so there is no visit whose checkout could show instructions.`,
    next: 'Write what is to be done into the note.',
  })
}
