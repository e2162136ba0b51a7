import { fields } from '@praxisbus/contracts'
import { z } from 'zod'

/** Pieces that the inputs of several verbs share. Every text has a longest length, every list a largest. */

export const id = fields.id
export const name = z.string().trim().min(1, 'is required').max(200)
export const amountCents = fields.cents.min(0).max(99_999_999)
export const units = z.int().min(1).max(999)
export const modifiers = z
  .array(fields.modifier)
  .max(4, 'at most four modifiers')
  .refine((list) => new Set(list).size === list.length, 'names a modifier twice')
export const email = z.email().max(254)
export const date = fields.enteredDate
export const phone = z
  .string()
  .trim()
  .regex(/^[+0-9(][0-9 ()./x-]{4,39}$/, 'must be a telephone number such as +1 312 555 0142')
export const addressLines = z.array(z.string().trim().min(1).max(200)).max(6)

/** Money handed over at the desk. */
export const payment = z.strictObject({
  amountCents: amountCents.min(1),
  method: z.enum(['cash', 'check', 'card', 'bank-transfer', 'other']),
  reference: z.string().trim().min(1).max(200).nullable().default(null),
})
export type Payment = z.infer<typeof payment>
/** Cash needs no method. */
export const cashPayment = payment.omit({ method: true })
export type CashPayment = z.infer<typeof cashPayment>
