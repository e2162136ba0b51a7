import type { EventContract } from '@praxisbus/contracts'
import type { ReactionContext } from '../context.ts'

/** A row of a service's `reactions.ts`: what happens here when that fact happened there. */
export interface Reaction {
  readonly contract: EventContract
  readonly run: (ctx: ReactionContext, data: unknown) => Promise<void>
}

/**
 * Runs in one transaction with the mark that the event was taken, so its effect happens once. It must be deterministic
 * in the database's state and the event; nobody waits for it, so a refusal becomes a fact, and a throw means "try again,
 * then park".
 */
export function reaction<Data>(
  contract: EventContract<Data>,
  run: (ctx: ReactionContext, data: Data) => Promise<void>,
): Reaction {
  return { contract, run: (ctx, data) => run(ctx, contract.data.parse(data)) }
}
