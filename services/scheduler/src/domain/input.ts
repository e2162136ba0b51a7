import { fields } from '@praxisbus/contracts'
import { z } from 'zod'

/** Pieces that the inputs of several verbs share. Every text has a longest length, every list a largest. */

/** Ids are compared as text in places, so both spellings of a UUID become one. */
export const id = fields.id.toLowerCase()
export const name = z.string().trim().min(1, 'is required').max(200)
export const amountCents = fields.cents.min(0).max(99_999_999)
export const units = z.int().min(1).max(999)
export const modifiers = z
  .array(fields.modifier)
  .max(4, 'at most four modifiers')
  .refine((list) => new Set(list).size === list.length, 'names a modifier twice')
export const email = z.email().max(254)
/** Years that clocks, zones and the database agree on. */
export const date = fields.date.refine(
  (value) => value >= '1850-01-01' && value <= '2199-12-31',
  'must lie between 1850 and 2199',
)

/** Money handed over at the desk. */
export const payment = z.strictObject({
  amountCents: amountCents.min(1),
  method: z.enum(['cash', 'check', 'card', 'bank-transfer', 'other']),
  reference: z.string().trim().min(1).max(200).nullable().default(null),
})
export type Payment = z.infer<typeof payment>
