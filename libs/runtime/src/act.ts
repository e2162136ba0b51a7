import { insertEvents, openOutbox } from './bus/outbox.ts'
import type { CommandContext } from './context.ts'
import type { Database } from './db.ts'
import { insertAudit } from './http/command.ts'
import { newId } from './ids.ts'

/** What a worker has where a person's command has more: nobody asked, so there is no principal and no version to compare. */
export type ActContext = Omit<CommandContext, 'principal' | 'ifMatch'> & { readonly practiceId: string }

/**
 * A worker's own step in one transaction: its effect, its facts and its audit entries, as a command has them. `actor` stands
 * in the audit trail, for instance `service:billing`. `onFacts` wakes the relay.
 */
export async function act<T>(
  { database, actor, onFacts }: { database: Database; actor: string; onFacts: () => void },
  practiceId: string,
  work: (ctx: ActContext) => Promise<T>,
): Promise<T> {
  let facts = 0
  const result = await database.write(practiceId, async (tx) => {
    const now = Temporal.Now.instant()
    const outbox = openOutbox(practiceId, now)
    const audits: { recordType: string; recordId: string; action: string }[] = []
    const answer = await work({
      tx,
      practiceId,
      now,
      newId,
      record: outbox.record,
      audit: (recordType, recordId, action) => audits.push({ recordType, recordId, action }),
    })
    facts = outbox.events.length
    if (facts > 0) tx.later(insertEvents(outbox.events))
    if (audits.length > 0) tx.later(insertAudit({ practiceId, userId: actor }, audits))
    return answer
  })
  if (facts > 0) onFacts()
  return result
}
