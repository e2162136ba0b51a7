import type { Database } from '../db.ts'
import { sql } from '../sql.ts'
import { type Answer, type CommandRequest, read, runCommand } from './command.ts'
import type { CommandRoute } from './route.ts'

type Prepared = Omit<CommandRequest, 'input'> & {
  readonly route: Pick<CommandRoute, 'prepare'>
  readonly input: object
}

/** Runs a command behind what it prepares; without that where its key has its answer already, which the command then finds. */
export async function runPrepared(
  database: Database,
  request: Prepared,
  onFacts: () => void,
): Promise<Answer> {
  const { principal, input } = request
  const run = (ready: object) => runCommand(database, { ...request, input: { ...input, ...ready } }, onFacts)
  const { prepare } = request.route
  if (!prepare || (await isAnswered(database, request))) return run({})
  return prepare({ principal, read: (work) => read(database, principal, work) }, input as never, run)
}

async function isAnswered(database: Database, { principal, idempotency }: Prepared): Promise<boolean> {
  if (!idempotency) return false
  const { practiceId, userId } = principal
  const found = await database.read(practiceId, (tx) =>
    tx.maybe(sql`
      select 1 from idempotency
       where practice_id = ${practiceId} and user_id = ${userId} and key = ${idempotency.key}`),
  )
  return found !== undefined
}
