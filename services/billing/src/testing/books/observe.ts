import { setTimeout } from 'node:timers/promises'
import { sql } from '@praxisbus/runtime'
import type { BillingDesk } from '../../test-kit.ts'

/** Receipts of which not all money is in applied, escrow, disbursed and refunded, by the entries (B-10). */
export const BROKEN_RECEIPTS = sql`
  select receipt.id from receipt
   where receipt.practice_id = current_setting('app.practice')::uuid
     and (select coalesce(sum(entry.amount_cents) filter (where account.kind = 'cash'), 0)
               + coalesce(sum(entry.amount_cents) filter (where account.kind in ('escrow', 'disbursed', 'refunded')), 0)
            from account join entry on entry.practice_id = account.practice_id and entry.account_id = account.id
           where account.practice_id = receipt.practice_id and account.receipt_id = receipt.id)
      <> (select coalesce(-sum(other.amount_cents), 0)
            from account join entry on entry.practice_id = account.practice_id and entry.account_id = account.id
            join entry as other on other.practice_id = entry.practice_id and other.journal_id = entry.journal_id
            join account as owed on owed.practice_id = other.practice_id and owed.id = other.account_id and owed.charge_id is not null
           where account.practice_id = receipt.practice_id and account.receipt_id = receipt.id and account.kind = 'escrow')`

/**
 * Reads snapshots of practices, the newest first, for as long as it is not stopped: in each, every receipt's money is all in
 * applied, escrow, disbursed and refunded (B-10). `stop` throws what was found, and says how many snapshots were read.
 */
export function observeBooks(
  desk: BillingDesk,
  practices: readonly string[],
): { stop(): Promise<{ snapshots: number }> } {
  let running = true
  let snapshots = 0
  const watching = (async () => {
    while (running) {
      for (const practiceId of practices.slice(-5)) {
        const broken = await desk.database.snapshot(practiceId, (tx) => tx.many(BROKEN_RECEIPTS))
        if (broken.length > 0) throw new Error(`out of balance in ${practiceId}: ${JSON.stringify(broken)}`)
        snapshots++
      }
      await setTimeout(20)
    }
  })()
  watching.catch(() => undefined)
  return {
    stop: async () => {
      running = false
      await watching
      return { snapshots }
    },
  }
}
