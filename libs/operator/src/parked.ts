import { drop, listParked, type ParkedMessage, requestRetry } from '@praxisbus/runtime/bus/parking.ts'
import { type Database, openDatabase } from '@praxisbus/runtime/db.ts'
import { type CommandLine, settingOf, UsageError } from './command-line.ts'

const NOTHING_MATCHED = 3

/** Lists, retries or drops parked messages (mission P-02). Prints attributes only: a body may hold health information. */
export async function parked(line: CommandLine): Promise<number> {
  const [action, ...rest] = line.words
  const run = action === undefined ? undefined : ACTIONS[action]
  if (!run || rest.length > 0) throw new UsageError('say praxisbus parked list, retry or drop')
  const database = openDatabase(settingOf(line, 'RELAY_DATABASE_URL'), { max: 1 })
  try {
    return await run(line, database)
  } finally {
    await database.close()
  }
}

const ACTIONS: Readonly<Record<string, (line: CommandLine, database: Database) => Promise<number>>> = {
  list: async (line, database) => {
    const messages = await listParked(database)
    if (line.json) line.print(JSON.stringify(messages.map(summary)))
    else if (messages.length === 0) line.print('Nothing is parked.')
    else for (const message of messages) line.print(text(message))
    return 0
  },
  retry: async (line, database) => {
    const count = await requestRetry(database, line.key)
    line.print(
      line.json
        ? JSON.stringify({ retried: count })
        : `${count} parked message${count === 1 ? '' : 's'} will be tried again within a second, in order.`,
    )
    return count === 0 ? NOTHING_MATCHED : 0
  },
  drop: async (line, database) => {
    if (!line.id || !/^[0-9]{1,15}$/.test(line.id))
      throw new UsageError('--id is missing: the number that praxisbus parked list shows')
    const count = await drop(database, Number(line.id))
    line.print(
      line.json
        ? JSON.stringify({ dropped: count })
        : count === 0
          ? `No parked message has the number ${line.id}.`
          : `Dropped message ${line.id}.`,
    )
    return count === 0 ? NOTHING_MATCHED : 0
  },
}

function summary(message: ParkedMessage) {
  const { id, consumer, topic, partition, offset, key, error, attempts, parkedAt, headers } = message
  return {
    id,
    consumer,
    topic,
    partition,
    offset,
    key,
    eventId: headers.ce_id ?? null,
    practiceId: headers.ce_practiceid ?? null,
    error,
    attempts,
    parkedAt,
  }
}

function text(message: ParkedMessage): string {
  const { id, topic, partition, offset, key, error, attempts, parkedAt } = message
  return `${id}  ${topic}[${partition}]@${offset}  key ${key}  ${attempts} attempts  ${parkedAt}\n    ${error}`
}
