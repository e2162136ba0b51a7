import { act, type Database, type Log, sql, startWorker, type Worker } from '@praxisbus/runtime'
import { findDocument } from '../documents/compose.ts'
import { judgeOwed } from '../domain/payment-request.ts'
import { changeRequest, lockRequest, owed, owedOn } from './requests.ts'
import { type Collecting, type Due, takeStep } from './steps.ts'

const LOOK_MS = 1_000
const AT_ONCE = 8
/** A link is withdrawn so long after what it asks for has changed; a patient may pay in between, and then the rest is credit. */
const WATCH_MS = 10_000

/**
 * Makes payment links, withdraws them, and asks after those whose payment nobody told of (B-02). It finds what is due with the
 * relay's login, which sees nothing but ids, and works on each as the application of its practice. Several processes may do it:
 * a request is claimed for a while before the partner is asked.
 */
export function startCollecting(
  settings: Collecting & {
    /** With the relay's login. */
    readonly relay: Database
    readonly log: Log
  },
): Worker {
  const { relay, log } = settings
  let watchAt = 0
  return startWorker({
    log,
    failing: 'payment requests wait: the database cannot be asked',
    everyMs: LOOK_MS,
    look: async () => {
      if (performance.now() >= watchAt) {
        await watchOwed(settings, relay)
        watchAt = performance.now() + WATCH_MS
      }
      const outcomes = await Promise.allSettled((await findDue(relay)).map((due) => takeStep(settings, due)))
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') log.warn({ err: outcome.reason }, 'a payment request waits')
    },
  })
}

export function findDue(relay: Database): Promise<Due[]> {
  return relay.plain((tx) =>
    tx.many<Due>(sql`
      select practice_id, id from payment_request
       where next_look_at <= clock_timestamp() order by next_look_at limit ${AT_ONCE}`),
  )
}

/**
 * Links that ask for something else than is owed are withdrawn, whatever moved the balance: a copay, a payment at the desk, late
 * lines, a cancelled bill; and those whose invoice is void, for instance because the bill was taken back and signed again. Asked
 * of the ledger and the invoices, so that no posting has to think of links.
 */
export async function watchOwed(
  parts: Pick<Collecting, 'database' | 'onFacts'>,
  relay: Database,
): Promise<void> {
  const practices = await relay.plain((tx) =>
    tx.many<{ practiceId: string }>(sql`
      select distinct practice_id from payment_request where state = 'open' order by practice_id`),
  )
  for (const { practiceId } of practices) {
    const moved = await parts.database.read(practiceId, (tx) =>
      tx.many<{ id: string }>(sql`
        select id from payment_request as request
         where practice_id = ${practiceId} and state = 'open'
           and (amount_cents <> ${owed(sql`request.practice_id`, sql`request.billing_encounter_id`)}
                or exists (select from document where practice_id = request.practice_id and id = request.document_id and status = 'void'))
         order by id`),
    )
    for (const { id } of moved) await withdrawMoved(parts, practiceId, id)
  }
}

function withdrawMoved(
  parts: Pick<Collecting, 'database' | 'onFacts'>,
  practiceId: string,
  id: string,
): Promise<void> {
  return act({ ...parts, actor: 'service:billing' }, practiceId, async (ctx) => {
    const request = await lockRequest(ctx, id)
    if (request?.state !== 'open') return
    const judged = judgeOwed(
      request.amountCents,
      await owedOn(ctx.tx, practiceId, request.billingEncounterId),
    )
    const reason = judged === 'fits' ? 'replaced' : judged
    const invoice = await findDocument(ctx.tx, practiceId, request.documentId)
    if (judged === 'fits' && invoice!.status !== 'void') return
    await changeRequest(
      ctx,
      id,
      sql`state = 'closing', reason = ${reason}, attempts = 0, next_look_at = clock_timestamp()`,
    )
    ctx.audit('payment-request', id, 'withdraw link')
  })
}
