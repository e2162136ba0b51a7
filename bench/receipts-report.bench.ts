import assert from 'node:assert/strict'
import pg from 'pg'
import type { ReceiptsReport } from '../services/billing/src/queries/receipts-report.ts'
import { type BillingTarget, openBillingTarget } from './calls/billing-database.ts'
import { startChild } from './calls/child.ts'
import { latencies } from './calls/load.ts'
import { inTurn } from './calls/pairs.ts'
import { type Bench, type Comparison, percentile } from './comparison.ts'

/** Fewer only to see that the bench works: `RECEIPTS=5000 npm run bench -- receipts-report --print`. */
const RECEIPTS = Number(process.env.RECEIPTS ?? 1_000_000)
const PAIRS = 9
const CALLS = 20
const PEER = 'the same figures by bare SQL: no HTTP, sign-in, row-level security or audit'

/** The books are those of 2023-07-01 to 2026-06-30, so a month has a 36th of them. */
const QUESTIONS: readonly Question[] = [
  { what: 'everything', query: '', date: 'batch.batch_date' },
  {
    what: 'a month by batch date',
    query: '?from=2025-05-01&to=2025-05-31',
    date: 'batch.batch_date',
    dates: ['2025-05-01', '2025-05-31'],
  },
  {
    what: 'a month by deposit date',
    query: '?dateKind=deposit&from=2025-05-01&to=2025-05-31',
    date: 'receipt.deposit_date',
    dates: ['2025-05-01', '2025-05-31'],
  },
  {
    what: 'two years by batch date',
    query: '?from=2024-01-01&to=2025-12-31',
    date: 'batch.batch_date',
    dates: ['2024-01-01', '2025-12-31'],
  },
]

interface Question {
  readonly what: string
  readonly query: string
  readonly date: string
  readonly dates?: readonly [from: string, to: string]
}

const bench: Bench = {
  name: 'receipts-report',
  about: `Billing’s Receipts Management report over ${RECEIPTS.toLocaleString('en-US')} receipts of one practice: totals over all that match, and the first page of 200.`,
  async run(say) {
    say(`loading ${RECEIPTS} receipts`)
    const { target, close } = await openBillingTarget(RECEIPTS)
    const child = await startChild('./report-ours.ts', target)
    const bare = new pg.Client(target.bareUrl)
    try {
      await bare.connect()
      const port = await child.ask<number>('port')
      const comparisons: Comparison[] = []
      for (const question of QUESTIONS) {
        const ours = () => ask(port, target, question)
        const theirs = () => askBare(bare, target, question)
        assert.deepEqual((await ours()).totals.escrowCents, await theirs(), 'both give the same answer')
        say(`${question.what}: ${PAIRS} pairs of ${CALLS} calls`)
        comparisons.push(...(await compare(question.what, ours, theirs)))
      }
      return comparisons
    } finally {
      await bare.end()
      await child.stop()
      await close()
    }
  },
}
export default bench

async function compare(what: string, ours: () => Promise<unknown>, theirs: () => Promise<unknown>) {
  const [mine, others] = [ours, theirs].map((side) => () => latencies(CALLS, 1, side))
  const taken = await inTurn(PAIRS, mine!, others!)
  const at = (side: keyof typeof taken, percent: number) =>
    taken[side].map((sorted) => percentile(sorted, percent))
  return [50, 95].map(
    (percent): Comparison => ({
      what: `${what}, p${percent}`,
      peer: PEER,
      unit: 'ms',
      ours: at('ours', percent),
      theirs: at('theirs', percent),
      ...(percent === 95 ? { aim: { ratio: 'at most', value: 1.5 } } : {}),
    }),
  )
}

async function ask(port: number, { token }: BillingTarget, { query }: Question): Promise<ReceiptsReport> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/reports/receipts${query}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const body = await answer.text()
  if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${body}`)
  return JSON.parse(body) as ReceiptsReport
}

/** Totals and page as somebody would write them for this question alone; dates stand in the text, so they are planned for. */
async function askBare(client: pg.Client, { practiceId }: BillingTarget, { date, dates }: Question) {
  const receipts = `receipt join reference_batch as batch on batch.practice_id = receipt.practice_id and batch.id = receipt.batch_id`
  const where = `receipt.practice_id = $1 and receipt.deleted_at is null
    ${dates ? `and ${date} between '${dates[0]}' and '${dates[1]}'` : ''}`
  const own = `account.practice_id = receipt.practice_id and account.receipt_id = receipt.id`
  const totals = await client.query<{ kind: string; cents: string }>(
    dates
      ? `select kind, code, system, sum(balance_cents) as cents, count(*) from ${receipts} join account on ${own}
          where ${where} group by kind, code, system`
      : `select kind, code, system, sum(balance_cents) as cents, count(*) from account
          where practice_id = $1 and receipt_id is not null group by kind, code, system`,
    [practiceId],
  )
  await client.query(
    `select receipt.*, batch.batch_date, batch.name, patient.name, payer.name,
            (select jsonb_agg(jsonb_build_array(kind, code, system, balance_cents)) from account where ${own})
       from ${receipts}
       left join patient_replica as patient on patient.practice_id = receipt.practice_id and patient.id = receipt.patient_id
       left join payer on payer.practice_id = receipt.practice_id and payer.id = receipt.payer_id
      where ${where} order by ${date} desc, receipt.id desc limit 201`,
    [practiceId],
  )
  return -Number(totals.rows.find(({ kind }) => kind === 'escrow')!.cents)
}
