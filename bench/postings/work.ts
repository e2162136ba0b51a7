import { createHash } from 'node:crypto'
import { rate } from '../calls/load.ts'

/** In the books; a run comes by each of them several times. */
export const CHARGES = 50_000
/** Number 0 is the hot one. */
export const RECEIPTS = 2_000
/** What one payment moves. */
export const CENTS = 100

/** Asked of every side alike. */
export interface PostingsLoad {
  readonly calls: number
  readonly callers: number
  /** Payments of one call. */
  readonly size: number
  /** All money comes from one receipt, so from one escrow account; else each call has a receipt of its own. */
  readonly hot: boolean
  /** Where COPY goes. */
  readonly bare?: boolean
}

/** Numbers of the receipt and of the charges of one call. */
export interface Call {
  readonly receipt: number
  readonly charges: readonly number[]
}

/** The same id as `made_id` in the database. */
export function madeId(kind: string, number: number): string {
  const tail = createHash('md5').update(kind).digest('hex').slice(0, 12)
  return `${number.toString(16).padStart(8, '0')}-0000-7000-8000-${tail}`
}

/** Calls that are under way at once never meet in a charge. */
export function startCalls(): (load: PostingsLoad) => Call {
  let call = 0
  let charge = 0
  return ({ size, hot }) => ({
    receipt: hot ? 0 : 1 + (call++ % (RECEIPTS - 1)),
    charges: Array.from({ length: size }, () => charge++ % CHARGES),
  })
}

/** Payments per second. */
export async function paymentRate(
  load: PostingsLoad,
  once: (call: Call) => Promise<unknown>,
): Promise<number> {
  return load.size * (await rate(load.calls, load.callers, () => once(next(load))))
}

const next = startCalls()

/** The event of a call as ours tells it, for who writes it without deciding anything: made before, the same for every call. */
export function eventOf(practiceId: string, size: number) {
  const receiptId = madeId('receipt', 0)
  const applications = Array.from({ length: size }, (_, number) => ({
    chargeId: madeId('charge', number),
    amountCents: CENTS,
  }))
  const body = { receiptId, paymentId: receiptId, batchDate: '2026-01-01', applications, escrowCents: 99_999 }
  return { headers: JSON.stringify(headersOf(practiceId)), body: JSON.stringify(body) }
}

/** As long as those of the command. */
export function headersOf(practiceId: string): Record<string, string> {
  const id = madeId('receipt', 0)
  return {
    ce_specversion: '1.0',
    ce_id: id,
    ce_type: 'praxisbus.payment.applied.v1',
    ce_source: '/praxisbus/billing',
    ce_subject: id,
    ce_time: '2026-01-01T00:00:00.000000000Z',
    ce_dataschema: 'https://praxisbus.example/schemas/praxisbus.payment.applied.v1.json',
    ce_practiceid: practiceId,
    ce_sequence: '1000',
    ce_correlationid: id,
    ce_traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    'content-type': 'application/json',
  }
}
