import { newId } from '@praxisbus/runtime'
import pg from 'pg'
import { serveParent } from '../calls/child.ts'
import { CENTS, eventOf, madeId, type PostingsLoad, paymentRate } from './work.ts'

export interface PgledgerTarget {
  readonly url: string
  readonly practiceId: string
  /** Ids of its accounts, by the number of the receipt and of the charge. */
  readonly escrow: readonly string[]
  readonly receivable: readonly string[]
}

/** All transfers of a call by one call of its function, and the event in the same statement: one round trip, one commit. */
const APPLY = `
  with moved as (
    select count(*) as transfers
      from pgledger_create_transfers(array(select row($1, to_account, $3)::transfer_request from unnest($2::text[]) as to_account)))
  insert into outbox (practice_id, event_id, topic, key, type, sequence, headers, body)
  select $4, $5, 'payment.applied', $6, 'praxisbus.payment.applied.v1', $7, $8, $9 from moved where transfers > 0`

serveParent(async ({ url, practiceId, escrow, receivable }: PgledgerTarget) => {
  const pool = new pg.Pool({ connectionString: url, max: 20 })
  const events = new Map<number, ReturnType<typeof eventOf>>()
  let sequence = 1
  return async (load: PostingsLoad) =>
    paymentRate(load, async ({ receipt, charges }) => {
      const event = events.get(charges.length) ?? eventOf(practiceId, charges.length)
      events.set(charges.length, event)
      const values = [
        escrow[receipt],
        charges.map((charge) => receivable[charge]),
        CENTS,
        practiceId,
        newId(),
        madeId('receipt', receipt),
        sequence++,
        event.headers,
        event.body,
      ]
      const { rowCount } = await pool.query({ name: 'apply', text: APPLY, values })
      if (rowCount !== 1) throw new Error('not applied')
    })
})
