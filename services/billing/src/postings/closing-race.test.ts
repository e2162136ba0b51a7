import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { newId, sql } from '@praxisbus/runtime'
import { verifyBooks } from '../queries/verify-period.ts'
import { bookkeeper } from '../test-books.ts'
import { type BillingDesk, lineItem, openBillingDesk } from '../test-kit.ts'

let desk: BillingDesk
let patientId: string
beforeAll(async () => {
  desk = await openBillingDesk()
  patientId = newId()
  await desk.register(patientId)
})
afterAll(() => desk.close())

/** mulberry32: a run that failed can be had again by its seed. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const yesterday = () => Temporal.Now.zonedDateTimeISO('America/Chicago').toPlainDate().subtract({ days: 1 })

/** Journals that lie in a period although they were recorded while it was closed. */
const intruders = sql`
  select journal.id from journal join reporting_period as period on period.practice_id = journal.practice_id
   where journal.effective_date <= period.ends_on
     and journal.effective_date >= coalesce(period.starts_on, '-infinity')
     and journal.recorded_at > period.closed_at
     and (period.reopened_at is null or journal.recorded_at < period.reopened_at)`

const broken = async () =>
  desk.database.snapshot(desk.practiceId, async (tx) => {
    const { closings, lost } = await verifyBooks(tx, desk.practiceId)
    const failed = closings.filter(({ faults }) => faults.length > 0)
    return { closings: closings.length, failed, lost, intruders: await tx.many(intruders) }
  })
const SOUND = { failed: [], lost: [], intruders: [] }

test.each([20_260_301, 20_260_302])(
  'B-09 B-19 twenty writers and facts post while the books are closed and opened: nothing lands behind a seal (seed %i)',
  async (seed) => {
    const random = seeded(seed)
    const books = await bookkeeper(desk, patientId)
    const days = [3, 2, 1].map((ago) => yesterday().subtract({ days: ago }).toString())
    const batches = await Promise.all(days.map((day) => books.batch(day)))
    let running = true
    const outcomes = new Map<number, number>()
    const count = (status: number) => outcomes.set(status, (outcomes.get(status) ?? 0) + 1)

    const writer = async () => {
      const receipts: string[] = []
      while (running) {
        const batchId = batches[random(batches.length)]!
        const known = receipts[random(receipts.length + 1)]
        const spend = { amountCents: 10, batchId }
        const answer = await (known === undefined
          ? books.api.post('/v1/receipts', { patientId, amountCents: 5_000, method: 'check', batchId })
          : random(2) === 0
            ? books.api.post(`/v1/receipts/${known}/disbursements`, { ...spend, code: 'E' })
            : books.api.post(`/v1/receipts/${known}/refunds`, { ...spend, method: 'cash', reason: 'x' }))
        count(answer.status)
        if (answer.status === 201 && known === undefined) receipts.push(answer.body.receiptId)
      }
    }
    /** Facts carry days that may be closed: they are dated on the first open one, and never refused. */
    const facts = async () => {
      while (running) {
        const visit = desk.visit()
        const at = (hour: number) => `${days[random(days.length)]}T${hour}:00:00Z`
        await desk.checkIn(visit, 2_500)
        await desk.complete(visit, { completedAt: at(20), lineItems: [lineItem('90834', 9_000)] })
      }
    }
    let looks = 0
    const observer = async () => {
      while (running) {
        expect(await broken()).toMatchObject(SOUND)
        looks++
      }
    }
    const closer = async () => {
      for (let round = 0; round < 6; round++) {
        const endsOn = days[random(days.length)]!
        const { periodId } = await books.close(endsOn)
        if (random(2) === 0) await books.ask(`/v1/reporting-periods/${periodId}/verify`)
        const told = await books.ask(`/v1/reporting-periods/${periodId}/verify`)
        expect(told).toMatchObject({ verified: true, failed: null })
        await books.reopen(periodId, `round ${round}`)
      }
    }
    /** Whoever fails stops the others too. */
    const all = [closer(), observer(), facts(), facts(), ...Array.from({ length: 20 }, writer)]
    await Promise.all(
      all.map((one) =>
        one.finally(() => {
          running = false
        }),
      ),
    )

    const { closings, ...rest } = await broken()
    expect(rest).toEqual(SOUND)
    expect(closings).toBeGreaterThanOrEqual(6)
    expect(looks).toBeGreaterThan(0)
    expect([...outcomes.keys()].sort()).toEqual([201, 409])
  },
  60_000,
)
