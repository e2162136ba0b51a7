import { newId } from '@praxisbus/runtime'
import type { Answer, Api } from '@praxisbus/testing'
import { DAYS } from './draw.ts'
import type { Names } from './name.ts'
import { type Outcome, PATIENT, type PayerKind, type Step } from './steps.ts'

export interface Request {
  readonly method: 'post' | 'put'
  readonly path: string
  readonly body: unknown
  readonly key: string
  readonly ifMatch?: number
}

type Sent = Pick<Request, 'path' | 'body'> & Partial<Pick<Request, 'method' | 'ifMatch'>>

export function requestOf(names: Names, step: Step): Request {
  const dated = 'batchDate' in step && step.batchDate
  const batchId = dated ? names.batches[DAYS.indexOf(dated as (typeof DAYS)[number])]! : null
  return { method: 'post', key: newId(), ...sentOf(names, step, batchId) }
}

const REASON = { reason: 'model' }

function sentOf(names: Names, step: Step, batchId: string | null): Sent {
  switch (step.do) {
    case 'receive': {
      const visit = step.bill === undefined ? {} : { appointmentId: step.bill }
      const body = { ...payer(names, step), amountCents: step.cents, ...visit, batchId }
      return { path: '/v1/receipts', body }
    }
    case 'modify': {
      const body = { ...payer(names, step), amountCents: step.cents, ...REASON, batchId }
      return { method: 'put', path: `/v1/receipts/${step.receiptId}`, body, ifMatch: step.version }
    }
    case 'delete':
      return { path: `/v1/receipts/${step.receiptId}/delete`, body: REASON }
    case 'apply': {
      const applications = step.parts.map(({ cents: amountCents, ...part }) => ({ ...part, amountCents }))
      return { path: `/v1/receipts/${step.receiptId}/payments`, body: { applications, batchId } }
    }
    case 'post':
      return {
        path: `/v1/receipts/${step.receiptId}/insurance-payments`,
        body: { lines: step.lines, batchId },
      }
    case 'remove':
      return { path: `/v1/payments/${step.paymentId}/remove`, body: { chargeId: step.chargeId, batchId } }
    case 'spend': {
      const more = step.kind === 'disbursed' ? { code: 'E' } : { method: 'check', ...REASON }
      const body = { ...more, amountCents: step.cents, batchId }
      return { path: `/v1/receipts/${step.receiptId}/${OUTFLOWS[step.kind]}`, body }
    }
    case 'undo':
      return { path: `/v1/${OUTFLOWS[step.kind]}/${step.outflowId}/undo`, body: { batchId } }
    case 'transfer': {
      const charges = step.charges.map(({ cents: amountCents, ...charge }) => ({ ...charge, amountCents }))
      return { path: '/v1/charges/transfer', body: { from: step.from, to: step.to, charges, batchId } }
    }
    case 'write-off': {
      const body = { from: step.from, group: step.group, reason: '45', amountCents: step.cents, batchId }
      return { path: `/v1/charges/${step.chargeId}/adjustments`, body }
    }
    case 'undo-write-off':
      return { path: `/v1/adjustments/${step.writeOffId}/undo`, body: { batchId } }
    case 'cover': {
      const coverages = step.payers.map((payerId) => ({ payerId, memberId: 'M1' }))
      const path = `/v1/patients/${names.patientId}/coverages`
      return { method: 'put', path, body: { coverages }, ifMatch: step.version }
    }
    case 'rate': {
      const { agencyId, basisPoints: feeBasisPoints, active, version } = step
      const body = { name: `Agency ${agencyId}`, feeBasisPoints, active }
      return { method: 'put', path: `/v1/collection-agencies/${agencyId}`, body, ifMatch: version }
    }
    case 'close':
      return { path: '/v1/reporting-periods', body: { endsOn: step.endsOn } }
    case 'reopen':
      return { path: `/v1/reporting-periods/${step.closingId}/reopen`, body: REASON }
    default:
      return aboutBill(step, batchId)
  }
}

type AboutBill = Extract<Step, { do: 'send' | 'recall' | 'sign' | 'reverse' | 'cancel' }>

function aboutBill(step: AboutBill, batchId: string | null): Sent {
  const path = (verb: string) => `/v1/billing-encounters/${step.bill}/${verb}`
  switch (step.do) {
    case 'send': {
      const { agencyId, chargeIds } = step
      return { path: path('collections'), body: { agencyId, chargeIds, batchId } }
    }
    case 'recall':
      return { path: path('recall'), body: { chargeIds: step.chargeIds, ...REASON, batchId } }
    case 'sign':
      return { path: path('sign'), body: { billTo: step.billTo, batchId } }
    case 'reverse':
      return { path: path('reverse'), body: { ...REASON, returnPayments: step.returnPayments, batchId } }
    case 'cancel':
      return { path: path('cancel'), body: undefined }
  }
}

const OUTFLOWS = { disbursed: 'disbursements', refunded: 'refunds' } as const

function payer({ patientId }: Names, { kind, who }: { readonly kind: PayerKind; readonly who: string }) {
  const name = { patient: 'patientId', insurer: 'payerId', agency: 'agencyId' }[kind]
  return { method: 'check', [name]: kind === PATIENT ? patientId : who }
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
  const newest = (list: readonly Record<string, string>[], id: string) => [list.at(-1)![id]!]
  switch (step.do) {
    case 'receive':
      return { made: [body.receiptId] }
    case 'apply':
    case 'post':
      return { made: [body.paymentId] }
    case 'spend':
      return {
        made:
          step.kind === 'disbursed'
            ? newest(body.disbursements, 'disbursementId')
            : newest(body.refunds, 'refundId'),
      }
    case 'write-off':
      return { made: [body.adjustmentId] }
    case 'sign':
      return { made: body.lines.map((line: { chargeId: string }) => line.chargeId) }
    case 'close':
      return { made: [body.periodId] }
    default:
      return { made: [] }
  }
}
