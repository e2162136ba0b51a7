import { type Database, SealBroken, startWorker, type Worker } from '@praxisbus/runtime'
import { waitSeconds } from '../domain/google/waiting.ts'
import { keepChannel } from './channel.ts'
import {
  breakUnopened,
  type Connection,
  claim,
  findDue,
  LeaseLost,
  release,
  releaseBroken,
  releaseToWait,
} from './connections.ts'
import { type Syncing, SyncStopped } from './parts.ts'
import { pull } from './pull.ts'
import { push } from './push.ts'

const LOOK_MS = 1_000

/**
 * Keeps Google calendars in step (S-19). It finds what is due with the relay's login, which sees nothing but ids, and works on
 * each connection as the application of its practice. Several processes may do it: one has a connection at a time.
 */
export function startSyncing(settings: Omit<Syncing, 'stopping'> & { readonly relay: Database }): Worker {
  const { relay, log } = settings
  return startWorker({
    log,
    failing: 'calendars wait: the database cannot be asked',
    everyMs: LOOK_MS,
    look: async (stopping) => {
      const due = await findDue(relay)
      // Each is waited for, so that a stop leaves none of them under way.
      const rounds = await Promise.allSettled(
        due.map((one) => syncConnection({ ...settings, stopping }, one)),
      )
      for (const round of rounds) if (round.status === 'rejected') throw round.reason
      return due.length > 0
    },
  })
}

/** One round for one connection: what Google has to say first, then what we have. */
export async function syncConnection(
  parts: Syncing,
  due: { readonly practiceId: string; readonly id: string },
): Promise<void> {
  const connection = await claimed(parts, due)
  if (!connection) return
  const { practiceId } = connection
  try {
    if (connection.pullDue) {
      await pull(parts, connection)
      await keepChannel(parts, connection)
    }
    await push(parts, connection)
    await parts.database.write(practiceId, (tx) => release(tx, connection))
  } catch (error) {
    if (error instanceof LeaseLost) return
    if (!(error instanceof SyncStopped)) parts.log.error({ err: error, id: due.id }, 'a calendar waits')
    await keepStop(parts, connection, error)
  }
}

/** A key that was changed leaves a token that nobody can open: the calendar has to be connected again. */
async function claimed(parts: Syncing, due: { readonly practiceId: string; readonly id: string }) {
  try {
    return await parts.database.write(due.practiceId, (tx) => claim(tx, due, parts.settings))
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error
    parts.log.error(
      { err: error, id: due.id },
      'the token of a calendar cannot be opened: check GOOGLE_TOKEN_KEY',
    )
    await parts.database.write(due.practiceId, (tx) => breakUnopened(tx, due.id))
    return undefined
  }
}

async function keepStop(parts: Syncing, connection: Connection, error: unknown): Promise<void> {
  const { database, stopping } = parts
  const failure =
    error instanceof SyncStopped
      ? error.failure
      : ({ failed: 'away', message: 'The service failed; its log says why.' } as const)
  await database.write(connection.practiceId, (tx) => {
    if (stopping.aborted) return release(tx, connection)
    if (failure.failed === 'reconnect' || failure.failed === 'gone')
      return releaseBroken(tx, connection, brokenText(failure.failed))
    const seconds = waitSeconds(connection.attempts + 1, failure, Math.random())
    return releaseToWait(tx, connection, failure.message, seconds)
  })
}

function brokenText(failed: 'reconnect' | 'gone'): string {
  return failed === 'gone'
    ? 'Google does not have the calendar any more.'
    : 'The consent was taken back or has run out.'
}
