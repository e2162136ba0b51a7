import { newId, sql } from '@praxisbus/runtime'
import { type BillingDesk, lineItem, procedure, type Visit } from '../test-kit.ts'

/** Numbers below `limit` that look random and are the same in each run. */
export function seeded(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}

/** Batches have these dates; services may be older. */
export const DAYS = ['2026-04-10', '2026-04-30', '2026-05-01', '2026-05-30', '2026-06-05', '2026-07-20']

export interface Books {
  /** How often each verb was carried out. */
  readonly done: Readonly<Record<string, number>>
  readonly patients: readonly string[]
  readonly payers: readonly string[]
}

/** Posts by chance through HTTP and reactions, as people would in some months; what is refused changes nothing. */
export async function postByChance(desk: BillingDesk, rounds: number, seed: number): Promise<Books> {
  const books = await openBooks(desk, seeded(seed))
  const verbs: Record<string, () => Promise<unknown>> = {
    ...bringing(books),
    ...spending(books),
    ...correcting(books),
  }
  // Money and what it is for come more often than what takes them back.
  const often = ['session', 'receive', 'receive', 'apply', 'apply', 'apply']
  const deck = [...Object.keys(verbs), ...often, ...often]
  for (let round = 0; round < rounds; round++) await verbs[books.one(deck)]!()
  return books
}

async function openBooks(desk: BillingDesk, below: (limit: number) => number) {
  const patients = [newId(), newId(), newId()]
  for (const patient of patients) await desk.register(patient, { name: `Patient ${patient.slice(-4)}` })
  const payers: string[] = []
  for (const name of ['Acme Health', 'Other Health'])
    payers.push((await desk.biller.post('/v1/payers', { name })).body.payerId)
  await insure(desk, patients[0]!, payers[0]!)
  await desk.service('99213', 12_300)
  const batches: string[] = []
  for (const batchDate of DAYS)
    batches.push(
      (await desk.biller.post('/v1/reference-batches', { name: batchDate, batchDate })).body.batchId,
    )
  const one = <Item>(list: readonly Item[]): Item => list[below(list.length)]!
  const done: Record<string, number> = {}
  const count = (verb: string) => {
    done[verb] = (done[verb] ?? 0) + 1
  }
  return {
    desk,
    patients,
    payers,
    below,
    one,
    done,
    count,
    amount: () => 1 + below(15_000),
    batchId: () => one(batches),
    visits: [] as Visit[],
    receipts: [] as string[],
    payments: [] as string[],
    outflows: [] as string[],
    /** The answer; undefined where it was refused. */
    post: async (verb: string, path: string, body: object) => {
      const answer = await desk.biller.post(path, body)
      if (answer.status >= 300) return undefined
      count(verb)
      return answer.body
    },
  }
}
type Opened = Awaited<ReturnType<typeof openBooks>>

/** What is owed, and money. */
function bringing({
  desk,
  patients,
  payers,
  below,
  one,
  count,
  amount,
  batchId,
  visits,
  receipts,
  post,
}: Opened) {
  return {
    session: async () => {
      const visit = { ...desk.visit(), patientId: one(patients) }
      await desk.complete(visit, {
        serviceDate: one(['2026-01-05', '2026-03-02', '2026-04-01', '2026-05-10', '2026-06-01']),
        completedAt: `${one(DAYS)}T20:00:00Z`,
        lineItems: [
          lineItem('90834', 5_000 + below(9_000), { discountCents: below(400) }),
          lineItem('90837', 1 + below(6_000)),
        ],
      })
      visits.push(visit)
      count('session')
    },
    encounter: async () => {
      const visit = { ...desk.visit(), patientId: patients[0]! }
      await desk.release(visit, { serviceDate: '2026-04-20', procedures: [procedure('99213')] })
      visits.push(visit)
      const { billingEncounterId } = await desk.bill(visit)
      const body = { billTo: 'insurance', batchId: batchId() }
      await post('encounter', `/v1/billing-encounters/${billingEncounterId}/sign`, body)
    },
    receive: async () => {
      const who = below(2) ? { patientId: one(patients) } : { payerId: one(payers) }
      const method = one(['cash', 'check', 'eft'])
      const body = { ...who, amountCents: amount() * 2, method, batchId: batchId() }
      const receipt = await post('receive', '/v1/receipts', body)
      if (receipt) receipts.push(receipt.receiptId)
    },
  }
}

/** Where money goes from escrow. */
function spending({ desk, below, one, amount, batchId, visits, receipts, payments, outflows, post }: Opened) {
  const codes = [{ code: 'O', system: 'OldPM' }, { code: 'E' }, { code: 'CP' }]
  return {
    apply: async () => {
      if (visits.length === 0 || receipts.length === 0) return
      const { lines } = await desk.bill(one(visits))
      const open = lines.filter((line) => line.chargeId && (line.balanceCents ?? 0) > 0)
      if (open.length === 0) return
      const { chargeId, balanceCents } = one(open)
      const applications = [{ chargeId, amountCents: Math.min(balanceCents!, amount()) }]
      const body = { batchId: batchId(), applications }
      const payment = await post('apply', `/v1/receipts/${one(receipts)}/payments`, body)
      if (payment) payments.push(payment.paymentId)
    },
    disburse: async () => {
      if (receipts.length === 0) return
      const body = { ...one(codes), amountCents: below(900) + 1, batchId: batchId() }
      const receipt = await post('disburse', `/v1/receipts/${one(receipts)}/disbursements`, body)
      if (receipt) outflows.push(`disbursements/${receipt.disbursements.at(-1).disbursementId}`)
    },
    refund: async () => {
      if (receipts.length === 0) return
      const body = { amountCents: below(900) + 1, method: 'check', reason: 'overpaid', batchId: batchId() }
      const receipt = await post('refund', `/v1/receipts/${one(receipts)}/refunds`, body)
      if (receipt) outflows.push(`refunds/${receipt.refunds.at(-1).refundId}`)
    },
  }
}

/** What is taken back. */
function correcting(books: Opened) {
  const { desk, patients, one, count, amount, batchId, visits, receipts, payments, outflows, post } = books
  return {
    remove: async () => {
      if (payments.length > 0)
        await post('remove', `/v1/payments/${one(payments)}/remove`, { batchId: batchId() })
    },
    undo: async () => {
      if (outflows.length > 0) await post('undo', `/v1/${one(outflows)}/undo`, { batchId: batchId() })
    },
    modify: async () => {
      if (receipts.length === 0) return
      const path = `/v1/receipts/${one(receipts)}`
      const ifMatch = (await desk.biller.get(path)).body.version
      const money = { amountCents: amount(), method: 'card', batchId: batchId() }
      const body = { patientId: one(patients), ...money, reason: 'mistyped' }
      if ((await desk.biller.put(path, body, { ifMatch })).status === 200) count('modify')
    },
    delete: async () => {
      if (receipts.length > 0)
        await post('delete', `/v1/receipts/${one(receipts)}/delete`, { reason: 'twice' })
    },
    cancel: async () => {
      if (visits.length === 0) return
      const { billingEncounterId } = await desk.bill(one(visits))
      await post('cancel', `/v1/billing-encounters/${billingEncounterId}/cancel`, {})
    },
  }
}

async function insure(desk: BillingDesk, patientId: string, payerId: string): Promise<void> {
  const { practiceId } = desk
  await desk.database.write(practiceId, async (tx) => {
    await tx.run(
      sql`insert into patient_coverages (practice_id, patient_id) values (${practiceId}, ${patientId})`,
    )
    await tx.run(sql`
      insert into coverage (practice_id, id, patient_id, position, payer_id, member_id)
      values (${practiceId}, ${newId()}, ${patientId}, 1, ${payerId}, 'M-1')`)
  })
}
