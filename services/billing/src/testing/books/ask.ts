import { newId } from '@praxisbus/runtime'
import type { Answer, Api } from '@praxisbus/testing'
import { DAYS, type Drawn } from './draw.ts'
import type { Books, Outcome, Step } from './model.ts'

export interface Request {
  readonly method: 'post' | 'put'
  readonly path: string
  readonly body: unknown
  readonly key: string
  readonly ifMatch?: number
}

/** What the requests of a practice name beside the records that steps make. */
export interface Names {
  readonly patientId: string
  readonly batches: readonly string[]
}

export const pick = <One>(list: readonly One[], index: number): One => list[index % list.length]!

/** With the ids of records that are there; undefined where there is none to name. */
export function named(books: Books, drawn: Exclude<Drawn, { do: 'repeat' }>): Step | undefined {
  const batchDate = 'day' in drawn && drawn.day >= 0 ? { batchDate: DAYS[drawn.day] } : {}
  if ('receipt' in drawn && books.receipts.size === 0) return undefined
  const receiptId = 'receipt' in drawn ? pick([...books.receipts.keys()], drawn.receipt) : ''
  switch (drawn.do) {
    case 'receive':
      return { do: 'receive', cents: drawn.cents, ...batchDate }
    case 'apply': {
      const parts = drawn.parts.map(({ charge, cents }) => ({
        chargeId: pick([...books.charges.keys()], charge),
        cents,
      }))
      const once = parts.filter(
        (part, index) => parts.findIndex(({ chargeId }) => chargeId === part.chargeId) === index,
      )
      return { do: 'apply', receiptId, parts: once, ...batchDate }
    }
    case 'remove': {
      if (books.payments.size === 0) return undefined
      const [paymentId, payment] = pick([...books.payments], drawn.payment)
      const part = drawn.part < 0 ? {} : { chargeId: pick(payment.parts, drawn.part).chargeId }
      return { do: 'remove', paymentId, ...part, ...batchDate }
    }
    case 'spend':
      return { do: 'spend', kind: drawn.kind, receiptId, cents: drawn.cents, ...batchDate }
    case 'undo': {
      if (books.outflows.size === 0) return undefined
      const [outflowId, { kind }] = pick([...books.outflows], drawn.outflow)
      return { do: 'undo', kind, outflowId, ...batchDate }
    }
    case 'modify': {
      const { version } = books.receipts.get(receiptId)!
      return { do: 'modify', receiptId, version, cents: drawn.cents, ...batchDate }
    }
    case 'delete':
      return { do: 'delete', receiptId }
    case 'cancel':
      return {
        do: 'cancel',
        bill: pick([...new Set([...books.charges.values()].map(({ bill }) => bill))], drawn.bill),
      }
    case 'close':
      return { do: 'close', endsOn: DAYS[drawn.day]! }
    case 'reopen':
      return books.closings.length === 0
        ? undefined
        : { do: 'reopen', closingId: pick(books.closings, drawn.closing).id }
  }
}

export function requestOf({ batches, patientId }: Names, step: Step): Request {
  const key = newId()
  const dated = 'batchDate' in step && step.batchDate
  const batchId = dated ? batches[DAYS.indexOf(dated as (typeof DAYS)[number])]! : null
  const post = (path: string, body: unknown): Request => ({ method: 'post', path, body, key })
  const money = { method: 'check', patientId }
  switch (step.do) {
    case 'receive':
      return post('/v1/receipts', { ...money, amountCents: step.cents, batchId })
    case 'apply': {
      const applications = step.parts.map(({ chargeId, cents }) => ({ chargeId, amountCents: cents }))
      return post(`/v1/receipts/${step.receiptId}/payments`, { applications, batchId })
    }
    case 'remove':
      return post(`/v1/payments/${step.paymentId}/remove`, {
        batchId,
        ...(step.chargeId === undefined ? {} : { chargeId: step.chargeId }),
      })
    case 'spend':
      return step.kind === 'disbursed'
        ? post(`/v1/receipts/${step.receiptId}/disbursements`, {
            code: 'E',
            amountCents: step.cents,
            batchId,
          })
        : post(`/v1/receipts/${step.receiptId}/refunds`, {
            amountCents: step.cents,
            method: 'check',
            reason: 'model',
            batchId,
          })
    case 'undo':
      return post(`/v1/${step.kind === 'disbursed' ? 'disbursements' : 'refunds'}/${step.outflowId}/undo`, {
        batchId,
      })
    case 'modify': {
      const body = { ...money, amountCents: step.cents, reason: 'model', batchId }
      return { method: 'put', path: `/v1/receipts/${step.receiptId}`, body, key, ifMatch: step.version }
    }
    case 'delete':
      return post(`/v1/receipts/${step.receiptId}/delete`, { reason: 'model' })
    case 'cancel':
      return post(`/v1/billing-encounters/${step.bill}/cancel`, undefined)
    case 'close':
      return post('/v1/reporting-periods', { endsOn: step.endsOn })
    case 'reopen':
      return post(`/v1/reporting-periods/${step.closingId}/reopen`, { reason: 'model' })
  }
}

export async function send(user: Api, { method, path, body, key, ifMatch }: Request): Promise<Answer> {
  const match = ifMatch === undefined ? {} : { ifMatch }
  return method === 'put'
    ? user.put(path, body, match)
    : user.post(path, body, { idempotencyKey: key, ...match })
}

export function outcomeOf(step: Step, { status, body }: Answer): Outcome {
  if (status >= 400) {
    const refused = String(body?.type ?? '').replace('urn:praxisbus:problem:', '')
    if (status >= 500 || refused === '')
      throw new Error(`${JSON.stringify(step)}: ${status} ${JSON.stringify(body)}`)
    return { refused }
  }
  const newest = (list: readonly Record<string, string>[], id: string) => list.at(-1)![id]!
  switch (step.do) {
    case 'apply':
      return { made: body.paymentId }
    case 'spend':
      return {
        made:
          step.kind === 'disbursed'
            ? newest(body.disbursements, 'disbursementId')
            : newest(body.refunds, 'refundId'),
      }
    case 'close':
      return { made: body.periodId }
    default:
      return { made: body.receiptId ?? '' }
  }
}
