import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { newId, sql } from '@praxisbus/runtime'
import { type BillingDesk, lineItem, openBillingDesk } from '../test-kit.ts'
import type { ReceiptsReport } from './receipts-report.ts'

let desk: BillingDesk
let owner: BillingDesk['biller']
let patientId: string
let payerId: string
beforeAll(async () => {
  desk = await openBillingDesk()
  owner = await desk.as({
    permissions: [
      'billing.read',
      'billing.post',
      'receipt.write',
      'receipt.modify',
      'receipt.refund',
      'period.close',
    ],
  })
  patientId = newId()
  await desk.register(patientId, { name: 'Byron, "Ada"' })
  payerId = (await desk.biller.post('/v1/payers', { name: '=HYPERLINK("http://evil")' })).body.payerId
  await fill()
})
afterAll(() => desk.close())

/** What was recorded, by name. */
const ids: Record<string, string> = {}
const batches: Record<string, string> = {}

async function receive(name: string, amountCents: number, batchDate: string, more: object = {}) {
  batches[batchDate] ??= (
    await owner.post('/v1/reference-batches', { name: `Day ${batchDate}`, batchDate })
  ).body.batchId
  const body = { patientId, amountCents, method: 'check', batchId: batches[batchDate], ...more }
  const answer = await owner.post('/v1/receipts', body)
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
  ids[name] = answer.body.receiptId
}

async function fill() {
  const insurer = { patientId: null, payerId, method: 'eft' }
  await receive('early', 1_000, '2026-04-30')
  await receive('applied', 10_000, '2026-05-04')
  await receive('legacy', 7_000, '2026-05-05', { ...insurer, depositDate: '2026-05-02' })
  await receive('error', 300, '2026-05-05')
  await receive('refunded', 900, '2026-05-06', { method: 'cash', reference: '+49 30' })
  await receive('deleted', 555, '2026-05-06')
  await receive('late', 2_000, '2026-06-01', insurer)
  const visit = desk.visit()
  await desk.complete(visit, { lineItems: [lineItem('90834', 8_000)] })
  const chargeId = (await desk.bill(visit)).lines[0]!.chargeId!
  const at = (name: string) => `/v1/receipts/${ids[name]}`
  await owner.post(`${at('applied')}/payments`, { applications: [{ chargeId, amountCents: 8_000 }] })
  await owner.post(`${at('legacy')}/disbursements`, { code: 'O', system: 'OldPM', amountCents: 4_000 })
  await owner.post(`${at('legacy')}/disbursements`, { code: 'O', system: 'OtherPM', amountCents: 1_000 })
  const undone = await owner.post(`${at('applied')}/disbursements`, { code: 'CP', amountCents: 100 })
  await owner.post(`/v1/disbursements/${undone.body.disbursements[0].disbursementId}/undo`, {})
  await owner.post(`${at('error')}/disbursements`, { code: 'E', amountCents: 300 })
  await owner.post(`${at('refunded')}/refunds`, { amountCents: 900, method: 'cash', reason: 'overpaid' })
  await owner.post(`${at('deleted')}/delete`, { reason: 'twice' })
}

const report = async (query = '') => {
  const answer = await owner.get(`/v1/reports/receipts${query && `?${query}`}`)
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
  return answer.body as ReceiptsReport
}
const nameOf = (id: string) => Object.keys(ids).find((name) => ids[name] === id)
const named = async (query: string) =>
  (await report(query)).receipts.map(({ receiptId }) => nameOf(receiptId)).sort()

describe('the Receipts Management report', () => {
  test('B-12 without a filter: every receipt that counts, newest batch first, with totals over all of them', async () => {
    const { totals, receipts, next } = await report()
    expect(receipts.map(({ receiptId }) => nameOf(receiptId))).toEqual([
      'late',
      'refunded',
      'error',
      'legacy',
      'applied',
      'early',
    ])
    expect(next).toBeNull()
    expect(totals).toEqual({
      receipts: 6,
      receivedCents: 21_200,
      appliedCents: 8_000,
      escrowCents: 7_000,
      disbursedCents: 5_300,
      refundedCents: 900,
      disbursedBy: [
        { code: 'E', system: null, amountCents: 300, receipts: 1 },
        { code: 'O', system: 'OldPM', amountCents: 4_000, receipts: 1 },
        { code: 'O', system: 'OtherPM', amountCents: 1_000, receipts: 1 },
      ],
    })
    expect(receipts[3]).toMatchObject({
      batchName: 'Day 2026-05-05',
      batchDate: '2026-05-05',
      depositDate: '2026-05-02',
      payerKind: 'insurer',
      payerName: '=HYPERLINK("http://evil")',
      receivedCents: 7_000,
      escrowCents: 2_000,
      disbursedCents: 5_000,
      disbursedBy: [
        { code: 'O', system: 'OldPM', amountCents: 4_000 },
        { code: 'O', system: 'OtherPM', amountCents: 1_000 },
      ],
    })
    for (const row of receipts)
      expect(row.appliedCents + row.escrowCents + row.disbursedCents + row.refundedCents).toBe(
        row.receivedCents,
      )
  })

  test('B-12 each filter lets through what it says, and the totals are over that alone', async () => {
    const period = (await owner.post('/v1/reporting-periods', { endsOn: '2026-04-30' })).body
    const next = (await owner.post('/v1/reporting-periods', { endsOn: '2026-05-05' })).body
    const today = Temporal.Now.zonedDateTimeISO('America/Chicago').toPlainDate()
    const may = 'from=2026-05-01&to=2026-05-31'
    for (const [query, expected] of [
      [may, ['applied', 'error', 'legacy', 'refunded']],
      ['from=2026-05-05&to=2026-05-05', ['error', 'legacy']],
      ['dateKind=deposit&from=2026-05-02&to=2026-05-02', ['legacy']],
      ['dateKind=deposit&to=2026-05-03', ['early', 'legacy']],
      [
        `dateKind=recorded&from=${today}&to=${today}`,
        ['applied', 'early', 'error', 'late', 'legacy', 'refunded'],
      ],
      [`dateKind=recorded&from=${today.add({ days: 1 })}`, []],
      [`batchId=${batches['2026-05-06']}`, ['refunded']],
      [`periodId=${period.periodId}`, ['early']],
      [`periodId=${next.periodId}`, ['applied', 'error', 'legacy']],
      ['payerKind=insurer', ['late', 'legacy']],
      [`payerId=${payerId}&${may}`, ['legacy']],
      [`patientId=${patientId}`, ['applied', 'early', 'error', 'refunded']],
      ['method=cash', ['refunded']],
      ['disbursed=any', ['error', 'legacy']],
      ['disbursed=none', ['applied', 'early', 'late', 'refunded']],
      ['code=O', ['legacy']],
      ['code=O&system=OtherPM', ['legacy']],
      ['code=CP', []],
      ['system=Nowhere', []],
      ['escrow=yes', ['applied', 'early', 'late', 'legacy']],
      ['escrow=no', ['error', 'refunded']],
      ['deleted=yes', ['deleted']],
      ['deleted=all&method=check&payerKind=patient', ['applied', 'deleted', 'early', 'error']],
      [`escrow=yes&disbursed=any&method=eft&dateKind=batch&${may}`, ['legacy']],
    ] as const) {
      expect({ query, names: await named(query) }).toEqual({ query, names: expected })
      const { totals, receipts } = await report(query)
      expect(totals.receipts).toBe(receipts.length)
      for (const kind of [
        'receivedCents',
        'appliedCents',
        'escrowCents',
        'disbursedCents',
        'refundedCents',
      ] as const)
        expect(totals[kind]).toBe(receipts.reduce((sum, row) => sum + row[kind], 0))
    }
  })

  test('B-12 what does not make sense is refused by the name of its field', async () => {
    for (const [query, field] of [
      ['from=2026-05-02&to=2026-05-01', 'to'],
      ['form=2026-05-02', 'form'],
      ['dateKind=service', 'dateKind'],
      ['disbursed=none&code=O', 'disbursed'],
      ['after=5', 'after'],
      [`after=2026-13-45_${newId()}`, 'after'],
      [`dateKind=recorded&after=2026-05-01_${newId()}`, 'after'],
    ] as const)
      expect(await owner.get(`/v1/reports/receipts?${query}`)).toMatchObject({
        status: 400,
        body: { errors: [{ field }] },
      })
    expect(await owner.get(`/v1/reports/receipts?periodId=${newId()}`)).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'periodId' }], next: expect.stringContaining('reporting periods') },
    })
    const clerk = await desk.as({ permissions: ['receipt.write'] })
    expect((await clerk.get('/v1/reports/receipts')).status).toBe(403)
  })

  test('B-12 the file has every receipt, and no cell that a spreadsheet would run', async () => {
    const { status, headers, body } = await owner.get(
      '/v1/reports/receipts.csv?dateKind=deposit&to=2026-05-06',
    )
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    expect(headers.get('content-disposition')).toContain('receipts.csv')
    const [heading, ...lines] = (body as string).split('\r\n')
    expect(heading).toMatch(/^Receipt,Batch date,.*,Received,Applied,Escrow,Disbursed,Disbursed by,Refunded$/)
    expect(lines.pop()).toBe('')
    expect(lines.map((line) => nameOf(line.slice(0, 36)))).toEqual([
      'refunded',
      'error',
      'applied',
      'legacy',
      'early',
    ])
    expect(lines[0]).toContain(`,cash,'+49 30,9.00,0.00,0.00,0.00,,9.00`)
    expect(lines[2]).toContain(`,"Byron, ""Ada""",,check,,100.00,80.00,20.00,0.00,,0.00`)
    expect(lines[3]).toContain(
      `,"'=HYPERLINK(""http://evil"")",eft,,70.00,0.00,20.00,50.00,O OldPM; O OtherPM,0.00`,
    )
  })

  test('B-12 pages follow each other without a gap or a repetition, by each date', async () => {
    const other = await openBillingDesk()
    try {
      const patient = newId()
      await other.register(patient)
      for (let group = 0; group < 21; group++)
        await Promise.all(
          Array.from({ length: 10 }, (_, index) =>
            other.frontDesk.post('/v1/receipts', {
              patientId: patient,
              amountCents: 1 + group * 10 + index,
              method: 'cash',
              depositDate: Temporal.PlainDate.from('2026-01-01')
                .add({ days: index % 7 })
                .toString(),
            }),
          ),
        )
      for (const dateKind of ['batch', 'deposit', 'recorded'] as const) {
        const seen: ReceiptsReport['receipts'][number][] = []
        for (let after: string | null = ''; after !== null; ) {
          const query = `dateKind=${dateKind}${after && `&after=${encodeURIComponent(after)}`}`
          const { body } = await other.biller.get(`/v1/reports/receipts?${query}`)
          expect(body.totals).toMatchObject({ receipts: 210, receivedCents: (210 * 211) / 2 })
          seen.push(...body.receipts)
          after = body.next
        }
        expect(new Set(seen.map(({ receiptId }) => receiptId)).size).toBe(210)
        const field = { batch: 'batchDate', deposit: 'depositDate', recorded: 'recordedAt' } as const
        const keys = seen.map((row) => `${row[field[dateKind]]}_${row.receiptId}`)
        expect(keys).toEqual(keys.toSorted().reverse())
      }
    } finally {
      await other.close()
    }
  }, 120_000)

  test('B-12 P-06 who read it and what it covered is in the audit trail; another practice sees none of it', async () => {
    await report('method=cash&dateKind=deposit')
    await owner.get('/v1/reports/receipts.csv?method=cash')
    const entries = await desk.database.read(desk.practiceId, (tx) =>
      tx.many<{ action: string; recordId: string }>(sql`
        select action, record_id from audit where record_type = 'receipts-report' order by id desc limit 2`),
    )
    expect(entries).toEqual([
      { action: 'read', recordId: 'csv dateKind=batch method=cash deleted=no' },
      { action: 'read', recordId: 'dateKind=deposit method=cash deleted=no' },
    ])
    const elsewhere = await desk.as({ permissions: ['billing.read'], practiceIds: [newId()] })
    expect((await elsewhere.get('/v1/reports/receipts')).body).toMatchObject({
      totals: { receipts: 0, receivedCents: 0 },
      receipts: [],
    })
  })
})
