import { newId } from '@praxisbus/runtime'
import pg from 'pg'
import { serveParent } from '../calls/child.ts'
import type { PostingsTarget } from './books.ts'
import { type Call, CENTS, eventOf, madeId, type PostingsLoad, paymentRate } from './work.ts'

/** In the order in which they refer to each other. */
const TABLES = {
  journal: 'practice_id, id, kind, batch_id, effective_date, recorded_by',
  entry: 'practice_id, journal_id, account_id, amount_cents',
  payment: 'practice_id, id, receipt_id, batch_id, applied_by, applied_at',
  payment_application: 'practice_id, payment_id, charge_id, amount_cents, journal_id',
  outbox: 'practice_id, event_id, topic, key, type, sequence, headers, body',
}

/** begin; a COPY for each table; commit, in one message; what goes into a table is sent when PostgreSQL asks for it. */
class Copies extends pg.Query {
  readonly #parts: Iterator<string>
  constructor(tables: 'same' | 'bare', parts: readonly string[], done: (error: Error | null) => void) {
    const copies = Object.entries(TABLES).map(
      ([name, columns]) => `copy ${tables === 'bare' ? 'bare_' : ''}${name} (${columns}) from stdin`,
    )
    super(['begin', ...copies, 'commit'].join('; '), undefined, done as never)
    this.#parts = parts.values()
  }
  handleCopyInResponse(connection: { sendCopyFromChunk(text: Buffer): void; endCopyFrom(): void }): void {
    connection.sendCopyFromChunk(Buffer.from(this.#parts.next().value as string))
    connection.endCopyFrom()
  }
}

serveParent(async (target: PostingsTarget) => {
  const pool = new pg.Pool({ connectionString: target.bareUrl, max: 20 })
  for (const table of Object.keys(TABLES))
    await pool.query(`create table bare_${table} (like ${table} including defaults including identity)`)
  const rows = rowsOf(target)
  return async (load: PostingsLoad) =>
    paymentRate(load, async (call) => {
      const client = await pool.connect()
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const done = (error: Error | null) => (error ? reject(error) : resolve())
      client.query(new Copies(load.bare ? 'bare' : 'same', rows(call), done) as never)
      await promise.finally(() => client.release())
    })
})

/** Nothing is looked up and nothing decided: the ids of the accounts are known, the event is ready. */
function rowsOf({ practiceId, batchId, batchDate }: PostingsTarget): (call: Call) => string[] {
  let events = new Map<number, ReturnType<typeof eventOf>>()
  // Nobody moves the receipt's version; ours and the batch count from 1.
  let sequence = 1_000_000_000
  const lines = (rows: readonly (readonly unknown[])[]) => rows.map((row) => `${row.join('\t')}\n`).join('')
  return ({ receipt, charges }) => {
    const event = events.get(charges.length) ?? eventOf(practiceId, charges.length)
    events = events.set(charges.length, event)
    const paymentId = newId()
    const receiptId = madeId('receipt', receipt)
    const applied = charges.map((charge) => ({ charge, journalId: newId() }))
    const now = new Date().toISOString()
    return [
      lines(applied.map((one) => [practiceId, one.journalId, 'payment', batchId, batchDate, 'bench'])),
      lines(
        applied.flatMap(({ journalId, charge }) => [
          [practiceId, journalId, madeId('escrow', receipt), CENTS],
          [practiceId, journalId, madeId('receivable', charge), -CENTS],
        ]),
      ),
      lines([[practiceId, paymentId, receiptId, batchId, 'bench', now]]),
      lines(
        applied.map((one) => [practiceId, paymentId, madeId('charge', one.charge), CENTS, one.journalId]),
      ),
      lines([
        [
          practiceId,
          newId(),
          'payment.applied',
          receiptId,
          'praxisbus.payment.applied.v1',
          sequence++,
          event.headers,
          event.body,
        ],
      ]),
    ]
  }
}
