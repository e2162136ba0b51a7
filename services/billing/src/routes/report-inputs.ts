import { fields } from '@praxisbus/contracts'
import { z } from 'zod'

/** Strict, as all filters: one with a slip in its name would report on everything. */
const { id, enteredDate: date } = fields
const ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const KEY = String.raw`\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d\.\d{6}Z)?`

/** Behind which row the page begins: what the answer before said as `next`. */
const NOT_A_NEXT = 'must be the `next` of the page before'
const cursor = (pattern: string, mayBe: (text: string) => boolean = () => true) => {
  const form = new RegExp(`^(?:${pattern})$`)
  return z.string().refine((text) => form.test(text) && mayBe(text), NOT_A_NEXT)
}
const split = (text: string) => [text.slice(0, text.indexOf('_')), text.slice(text.indexOf('_') + 1)] as const
const after = cursor(`${KEY}_${ID}`, (text) => date.safeParse(text.slice(0, 10)).success)
  .transform((text) => ({ key: split(text)[0], id: split(text)[1] }))
  .optional()
/** Its key is a day, or an instant. A cursor with a fault of its own has been named already. */
const isInstant = ({ after: cursor }: { readonly after?: { readonly key?: string } }) =>
  cursor?.key?.includes('T') ?? false

const inOrder = ({ from, to }: { readonly from?: string; readonly to?: string }) =>
  from === undefined || to === undefined || from <= to
const NOT_IN_ORDER = { path: ['to'], error: 'must not be before from' }

const receipts = {
  dateKind: z
    .enum(['batch', 'deposit', 'recorded'])
    .default('batch')
    .describe('Which date `from` and `to` are about, and by which the report is ordered'),
  from: date.optional(),
  to: date.optional().describe('Inclusive'),
  batchId: id.optional(),
  periodId: id.optional(),
  payerKind: z.enum(['patient', 'insurer', 'agency']).optional(),
  payerId: id.optional(),
  agencyId: id.optional(),
  patientId: id.optional(),
  method: z.enum(['cash', 'check', 'card', 'bank-transfer', 'eft', 'other']).optional(),
  disbursed: z.enum(['any', 'none']).optional().describe('Whether a disbursement stands'),
  code: z
    .string()
    .regex(/^[A-Z0-9]{1,8}$/)
    .optional()
    .describe('Disbursed under this code'),
  system: z.string().trim().min(1).max(100).optional().describe('Disbursed to this other system'),
  escrow: z.enum(['yes', 'no']).optional().describe('Whether money is left in escrow'),
  deleted: z.enum(['no', 'yes', 'all']).default('no'),
}
interface Narrowed {
  readonly disbursed?: string
  readonly code?: string
  readonly system?: string
}
const meansSomething = ({ disbursed, code, system }: Narrowed) =>
  disbursed !== 'none' || (code === undefined && system === undefined)
const CONTRADICTS = { path: ['disbursed'], error: '`none` cannot go with a code or another system' }
export const receiptsFile = z
  .strictObject(receipts)
  .refine(inOrder, NOT_IN_ORDER)
  .refine(meansSomething, CONTRADICTS)
export const receiptsFilter = z
  .strictObject({ ...receipts, after })
  .refine(inOrder, NOT_IN_ORDER)
  .refine(meansSomething, CONTRADICTS)
  .refine((filter) => !filter.after || isInstant(filter) === (filter.dateKind === 'recorded'), {
    path: ['after'],
    error: 'belongs to another dateKind',
  })

const range = { from: date, to: date.describe('Inclusive') }
export const rangeFile = z.strictObject(range).refine(inOrder, NOT_IN_ORDER)
const onDay = (filter: Parameters<typeof isInstant>[0]) => !isInstant(filter)
const NOT_OURS = { path: ['after'], error: NOT_A_NEXT }
export const rangeFilter = z
  .strictObject({ ...range, after })
  .refine(inOrder, NOT_IN_ORDER)
  .refine(onDay, NOT_OURS)

const payments = { ...range, batchId: id.optional() }
export const paymentsFile = z.strictObject(payments).refine(inOrder, NOT_IN_ORDER)
export const paymentsFilter = z
  .strictObject({ ...payments, after })
  .refine(inOrder, NOT_IN_ORDER)
  .refine(onDay, NOT_OURS)

const aging = {
  asOf: date.optional().describe('Default: the practice’s today'),
  patientId: id.optional(),
  payerId: id.optional(),
  owedBy: z.enum(['patient', 'insurer']).optional(),
}
export const agingFile = z.strictObject(aging)
export const agingFilter = z.strictObject({
  ...aging,
  after: cursor(`${ID}_(?:patient|${ID})`)
    .transform((text) => ({ patientId: split(text)[0], owedBy: split(text)[1] }))
    .optional(),
})

export const unpaidFile = z.strictObject({ patientId: id.optional() })
export const unpaidFilter = z.strictObject({ patientId: id.optional(), after }).refine(onDay, NOT_OURS)
