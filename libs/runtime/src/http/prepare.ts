import type { Database } from '../db.ts'
import { type Answer, type CommandRequest, read, runCommand } from './command.ts'
import { earlierAnswer } from './idempotency.ts'
import type { CommandRoute } from './route.ts'

type Prepared = Omit<CommandRequest, 'input'> & {
  readonly route: Pick<CommandRoute, 'prepare'>
  readonly input: object
}

/** Runs a command behind what it prepares. Where its key has its answer already, that is given and nothing is prepared. */
export async function runPrepared(
  database: Database,
  request: Prepared,
  onFacts: () => void,
): Promise<Answer> {
  const { principal, input, idempotency } = request
  const run = (ready: object) => runCommand(database, { ...request, input: { ...input, ...ready } }, onFacts)
  const { prepare } = request.route
  if (!prepare) return run({})
  const answer = idempotency && (await earlierAnswer(database, principal, idempotency))
  if (answer) return answer
  return prepare({ principal, read: (work) => read(database, principal, work) }, input as never, run)
}
