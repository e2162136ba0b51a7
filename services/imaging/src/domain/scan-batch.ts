import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'

export interface ScanBatchWish {
  readonly description?: string | null
  readonly type: 'charge' | 'payment'
  readonly locationId?: string | null
  /** YYYY-MM-DD, as the two below it. */
  readonly dateOfService?: string | null
  readonly chargeReceivedDate?: string | null
  readonly payerId?: string | null
  readonly planId?: string | null
}

/** What is known here about the practice and about the records the wish names; undefined: unknown here. */
export interface Surroundings {
  /** Today where the practice is. */
  readonly today: string
  readonly imagingInUse: boolean
  readonly location?: { readonly active: boolean }
  readonly payer?: { readonly active: boolean }
  readonly plan?: { readonly payerId: string; readonly active: boolean }
}

export interface NewScanBatch {
  readonly description: string | null
  readonly type: 'charge' | 'payment'
  readonly locationId: string | null
  readonly dateOfService: string | null
  readonly chargeReceivedDate: string | null
  readonly payerId: string | null
  readonly planId: string | null
}

const FIELDS = {
  charge: ['locationId', 'dateOfService', 'chargeReceivedDate'],
  payment: ['payerId', 'planId'],
} as const

/** Archives of paper go back some way; a year typed wrongly goes further. */
export const OLDEST_YEARS = 30

/** I-01: what a new scan batch holds, or why there cannot be one. */
export function decideScanBatch(wish: ScanBatchWish, known: Surroundings) {
  if (!known.imagingInUse) {
    return refuse('imaging_not_in_use', {
      detail: 'This practice does not use imaging.',
      next: 'Ask who manages the practice to turn imaging on.',
    })
  }
  const batch: NewScanBatch = {
    description: wish.description || null,
    type: wish.type,
    locationId: wish.locationId ?? null,
    dateOfService: wish.dateOfService ?? null,
    chargeReceivedDate: wish.chargeReceivedDate ?? null,
    payerId: wish.payerId ?? null,
    planId: wish.planId ?? null,
  }
  return otherType(batch) ?? records(batch, known) ?? dates(batch, known.today) ?? batch
}

function otherType(batch: NewScanBatch) {
  const other = batch.type === 'charge' ? 'payment' : 'charge'
  const field = FIELDS[other].find((name) => batch[name] !== null)
  if (!field) return undefined
  return refuse('field_of_other_type', {
    field,
    detail: `${field} belongs to a ${other} batch; this is a ${batch.type} batch.`,
    next: `Leave ${field} out, or create a ${other} batch.`,
  })
}

const CHOOSE =
  'Choose another one; if it was added a moment ago, send the request again with a new Idempotency-Key.'

function records(batch: NewScanBatch, { location, payer, plan }: Surroundings) {
  if (batch.locationId) {
    if (!location) return unknown('locationId', 'location')
    if (!location.active) return inactive('locationId', 'location')
  }
  if (batch.planId && !batch.payerId) {
    return refuse('plan_without_payer', {
      field: 'planId',
      detail: 'A plan belongs to a payer, and no payer is named.',
      next: 'Send payerId as well, or leave planId out.',
    })
  }
  if (batch.payerId) {
    if (!payer) return unknown('payerId', 'payer')
    if (!payer.active) return inactive('payerId', 'payer')
  }
  if (batch.planId) {
    if (!plan) return unknown('planId', 'plan')
    if (plan.payerId !== batch.payerId) {
      return refuse('plan_of_other_payer', {
        field: 'planId',
        detail: 'This plan belongs to another payer.',
        next: 'Choose one of the plans of the payer.',
      })
    }
    if (!plan.active) return inactive('planId', 'plan')
  }
  return undefined
}

function unknown(field: string, record: string): Refusal<'unknown_record'> {
  return refuse('unknown_record', { field, detail: `There is no ${record} of this id.`, next: CHOOSE })
}

function inactive(field: string, record: string): Refusal<'inactive_record'> {
  return refuse('inactive_record', { field, detail: `The ${record} is no longer in use.`, next: CHOOSE })
}

function dates(batch: NewScanBatch, today: string) {
  const oldest = Temporal.PlainDate.from(today).subtract({ years: OLDEST_YEARS }).toString()
  for (const field of ['dateOfService', 'chargeReceivedDate'] as const) {
    const date = batch[field]
    if (date === null) continue
    // Dates of the form YYYY-MM-DD compare as text.
    if (date > today) return badDate(field, `${date} is in the future; today is ${today}.`)
    if (date < oldest) return badDate(field, `${date} is more than ${OLDEST_YEARS} years ago.`)
  }
  const { dateOfService: served, chargeReceivedDate: received } = batch
  if (served && received && received < served)
    return badDate(
      'chargeReceivedDate',
      `A charge cannot be received (${received}) before its service (${served}).`,
    )
  return undefined
}

function badDate(field: string, detail: string): Refusal<'date_out_of_range'> {
  return refuse('date_out_of_range', { field, detail, next: 'Correct the date, or leave it out.' })
}

/** More than anybody scans at once; keeps one answer and one page of the viewer of bounded size. */
export const MAX_SETS = 200
export const MAX_IMAGES = 2_000

/** Whether sets and images may still be added to a batch. */
export function decideGrowth(
  batch: { status: string; setCount: number; imageCount: number },
  more: 'sets' | 'images',
) {
  if (batch.status !== 'open') {
    return refuse('batch_not_open', {
      detail: `The batch is ${batch.status}; only an open batch takes more.`,
      next: 'Create another scan batch.',
    })
  }
  const full = more === 'sets' ? batch.setCount >= MAX_SETS : batch.imageCount >= MAX_IMAGES
  if (!full) return undefined
  return refuse('batch_full', {
    detail: `A batch holds at most ${MAX_SETS} image sets and ${MAX_IMAGES} images.`,
    next: 'Create another scan batch for the rest.',
  })
}
