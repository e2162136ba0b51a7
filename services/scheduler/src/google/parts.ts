import { type ActContext, act, type Database, type Log } from '@praxisbus/runtime'
import type { GoogleCalendar } from '../adapters/google-calendar.ts'
import type { GoogleFailure } from '../domain/google/waiting.ts'
import { ACTOR } from './actor.ts'
import { type Connection, holdLease } from './connections.ts'
import type { GoogleSettings } from './settings.ts'

/** What the sync of a connection works with. */
export interface Syncing {
  readonly database: Database
  readonly google: GoogleCalendar
  readonly settings: GoogleSettings
  readonly log: Log
  readonly onFacts: () => void
  /** Once aborted, no further request is begun. */
  readonly stopping: AbortSignal
}

/** A step of the sync in one transaction, which nobody else can take at the same time. */
export function step<T>(
  { database, onFacts }: Pick<Syncing, 'database' | 'onFacts'>,
  connection: Connection,
  work: (ctx: ActContext) => Promise<T>,
): Promise<T> {
  return act({ database, actor: ACTOR, onFacts }, connection.practiceId, async (ctx) => {
    await holdLease(ctx.tx, connection)
    return work(ctx)
  })
}

/** Ends the round: nothing more is asked of Google for a while. */
export class SyncStopped extends Error {
  readonly failure: GoogleFailure
  constructor(failure: GoogleFailure) {
    super(failure.message)
    this.failure = failure
  }
}
