import type { InsuranceLine } from './domain/insurance.ts'
import { type BillingDesk, openBillingDesk, procedure, type Released } from './test-kit.ts'

/** A charge that is with an insurer, or with the patient. */
export interface Claim {
  readonly patientId: string
  readonly billingEncounterId: string
  readonly chargeId: string
}

export type LineDraft = Partial<Omit<InsuranceLine, 'adjustments'>> & {
  /** `CO-45:2000`; with `!` at its end a note. */
  readonly adjustments?: readonly string[]
}

export interface InsuranceDesk extends BillingDesk {
  readonly first: string
  readonly second: string
  payer(name: string): Promise<string>
  cover(patientId: string, payerIds: readonly string[], more?: object): Promise<void>
  /** $100.00 on 2 March, with the first of the payers; without any, with the patient. */
  claim(payerIds?: readonly string[], released?: Partial<Released> & { patientId?: string }): Promise<Claim>
  check(payerId: string, amountCents: number): Promise<string>
  post(
    receiptId: string,
    lines: readonly (LineDraft & { chargeId: string; paidCents: number })[],
    more?: object,
  ): Promise<Awaited<ReturnType<BillingDesk['biller']['post']>>>
  /** Who owes what: `{ first: 8000, patient: 2000 }`. */
  owed(claim: Claim): Promise<Record<string, number>>
  line(claim: Claim): Promise<Awaited<ReturnType<BillingDesk['bill']>>['lines'][number]>
  receipt(receiptId: string): Promise<{ appliedCents: number; escrowCents: number; [field: string]: unknown }>
  copay(patientId: string, chargeId: string, amountCents: number): Promise<string>
}

export const GROSS_CENTS = 10_000

export async function openInsuranceDesk(): Promise<InsuranceDesk> {
  const desk = await openBillingDesk()
  const { biller } = desk
  const payer = async (name: string) => (await biller.post('/v1/payers', { name })).body.payerId as string
  const first = await payer('First Health')
  const second = await payer('Second Health')
  await desk.service('90834', GROSS_CENTS)
  const cover = async (patientId: string, payerIds: readonly string[], more: object = {}) => {
    const coverages = payerIds.map((payerId, index) => ({ payerId, memberId: `M${index}`, ...more }))
    const held = await biller.get(`/v1/patients/${patientId}/coverages`)
    const answer = await biller.put(
      `/v1/patients/${patientId}/coverages`,
      { coverages },
      { ifMatch: held.headers.get('etag')! },
    )
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
  }
  const line: InsuranceDesk['line'] = async ({ billingEncounterId, chargeId }) => {
    const { body } = await biller.get(`/v1/billing-encounters/${billingEncounterId}`)
    return body.lines.find((one: { chargeId: string }) => one.chargeId === chargeId)
  }
  return {
    ...desk,
    first,
    second,
    payer,
    cover,
    line,
    claim: async (payerIds = [first], { patientId, ...released } = {}) => {
      const fresh = desk.visit()
      const visit = { ...fresh, patientId: patientId ?? fresh.patientId }
      if (!patientId) {
        await desk.register(visit.patientId)
        if (payerIds.length > 0) await cover(visit.patientId, payerIds)
      }
      await desk.release(visit, { procedures: [procedure('90834')], ...released })
      const { billingEncounterId } = await desk.bill(visit)
      const signed = await biller.post(`/v1/billing-encounters/${billingEncounterId}/sign`)
      return { patientId: visit.patientId, billingEncounterId, chargeId: signed.body.lines[0].chargeId }
    },
    check: async (payerId, amountCents) =>
      (await biller.post('/v1/receipts', { payerId, amountCents, method: 'eft', reference: 'EFT 1' })).body
        .receiptId,
    post: (receiptId, lines, more = {}) =>
      biller.post(`/v1/receipts/${receiptId}/insurance-payments`, {
        lines: lines.map(({ adjustments = [], ...rest }) => ({
          ...rest,
          adjustments: adjustments.map(parsed),
        })),
        ...more,
      }),
    owed: async (claim) => {
      const names: Record<string, string> = { [first]: 'first', [second]: 'second' }
      const { shares } = await line(claim)
      return Object.fromEntries(
        shares.map(({ payerId, balanceCents }) => [
          payerId === null ? 'patient' : (names[payerId] ?? payerId),
          balanceCents,
        ]),
      )
    },
    receipt: async (receiptId) => (await biller.get(`/v1/receipts/${receiptId}`)).body,
    copay: async (patientId, chargeId, amountCents) => {
      const { receiptId } = (
        await desk.frontDesk.post('/v1/receipts', { patientId, amountCents, method: 'cash' })
      ).body
      const applied = await biller.post(`/v1/receipts/${receiptId}/payments`, {
        applications: [{ chargeId, amountCents }],
      })
      if (applied.status !== 201) throw new Error(JSON.stringify(applied.body))
      return receiptId
    },
  }
}

/** What a refusal looks like: its status, its name and the field it is about. */
export const problem = (status: number, type: string, field?: string) => ({
  status,
  body: { type: `urn:praxisbus:problem:${type}`, ...(field && { errors: [{ field }] }) },
})

function parsed(text: string) {
  const [, group, reason, cents, note] = /^([A-Z]{2})-([0-9A-Z]+):(-?\d+)(!?)$/.exec(text)!
  return { group, reason, amountCents: Number(cents), ...(note && { note: true }) }
}
