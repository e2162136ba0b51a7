import { fields } from '@praxisbus/contracts'
import { z } from 'zod'
import { PROOF_FIGURES } from '../queries/proof-entries.ts'

/** Of questions that go by two dates; a date that is left out bounds nothing. */
export const recordedThrough = fields.instant
  .refine((text) => text >= '1850' && text < '2200', 'must lie between 1850 and 2199')
  .describe('Only what was recorded until then; left out: until now. Keep it while paging')
export const asOf = {
  effectiveThrough: fields.enteredDate.optional().describe('Only what is dated until then'),
  recordedThrough: recordedThrough.optional(),
}
/** The id of an entry: what `next` says. */
const afterEntry = z
  .string()
  .regex(/^[0-9]{1,15}$/, 'the number that `next` says')
  .transform(Number)
  .optional()

export const proofFilter = z.strictObject({ ...asOf, after: fields.id.optional() })
export const proofEntriesFilter = z.strictObject({
  ...asOf,
  figure: z.enum(PROOF_FIGURES),
  receiptId: fields.id.optional(),
  after: afterEntry,
})
export const explanationFilter = z.strictObject({ ...asOf, after: afterEntry })
export const changesFilter = z.strictObject({
  after: fields.id.optional(),
  afterCorrection: fields.id.optional(),
})
