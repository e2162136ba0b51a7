import { z } from 'zod'
import { isNpi } from './npi.ts'

/** Building blocks that several facts and inputs share. Titles and formats end up in the published JSON Schema. */
/** Ids are compared as text in places and travel in facts, so both spellings of a UUID become one. */
export const id = z.uuid().toLowerCase()
export const instant = z.iso.datetime({ offset: false })
export const date = z.iso.date()
/** A date that somebody enters: years that clocks, zones and the database agree on. */
export const enteredDate = date.refine(
  (value) => value >= '1850-01-01' && value <= '2199-12-31',
  'must lie between 1850 and 2199',
)
export const cents = z.int().describe('Whole cents of the practice’s currency')
export const timeZone = z.string().min(1).max(64).describe('IANA time zone, for instance America/Chicago')
/** ICD-10-CM with its point, as clinicians write it: F32.1 */
export const diagnosisCode = z
  .string()
  .regex(/^[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?$/, 'an ICD-10-CM code such as F32.1')
/** CPT (five digits, or four and a letter) or HCPCS level II (a letter and four digits). */
export const procedureCode = z
  .string()
  .regex(/^([0-9]{4}[0-9A-Z]|[A-Z][0-9]{4})$/, 'a CPT or HCPCS code such as 90834 or G0463')
export const modifier = z.string().regex(/^[0-9A-Z]{2}$/, 'a two-character modifier such as 95')
export const npi = z.string().refine(isNpi, 'is not an NPI: ten digits, the last of which checks the others')
/** An employer identification number, or a person's number in its place, as a claim names the one that is paid. */
export const taxId = z
  .string()
  .regex(/^([0-9]{2}-[0-9]{7}|[0-9]{3}-[0-9]{2}-[0-9]{4})$/, 'must be like 12-3456789 (EIN) or 123-45-6789')
/** What documents say of a practice besides its name (S-01, B-20). */
export const letterhead = z.object({
  addressLines: z.array(z.string()),
  phone: z.string().nullable(),
  taxId: z.string().nullable(),
  npi: z.string().nullable().describe('of the organization'),
})
export type Letterhead = z.infer<typeof letterhead>
/** Of a practice that has given none. */
export const NO_LETTERHEAD: Letterhead = { addressLines: [], phone: null, taxId: null, npi: null }
export const placeOfService = z
  .string()
  .regex(/^[0-9]{2}$/, 'a two-digit CMS place-of-service code such as 11')
