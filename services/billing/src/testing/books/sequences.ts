import fc from 'fast-check'
import type { BillingDesk } from '../../test-kit.ts'
import { sequences as drawn } from './draw.ts'
import { observeBooks } from './observe.ts'
import { compareTotals, playGroup } from './play.ts'
import { openStage } from './stage.ts'

/** Practices that are played at the same time. */
const LANES = 4
const SAY_EVERY = 500
/** Beside the three that each sequence has: a bill that is cancelled is out of the play. */
const GROUPS_PER_BILL = 8

/**
 * Plays sequences, each in a practice of its own, while an observer reads snapshots. Throws with the smallest sequence that differs
 * from the model, or with what the observer found.
 */
export async function runSequences(
  desk: BillingDesk,
  {
    sequences,
    length,
    seed,
    whole = false,
    say = () => undefined,
  }: {
    readonly sequences: number
    /** Groups of commands in a sequence, at most. */
    readonly length: number
    readonly seed: number
    /** Leaves a failure as it was found: making a long sequence smaller takes a while. */
    readonly whole?: boolean
    readonly say?: (line: string) => void
  },
): Promise<{ snapshots: number; commands: number }> {
  const practices: string[] = []
  let commands = 0
  const observer = observeBooks(desk, practices)
  const property = fc.asyncProperty(drawn(length), async (groups) => {
    const stage = await openStage(desk, 3 + Math.floor(groups.length / GROUPS_PER_BILL))
    if (practices.push(stage.practiceId) % SAY_EVERY === 0) say(`${practices.length} played`)
    for (const group of groups) {
      const asked = await playGroup(stage, group)
      commands += asked
    }
    await compareTotals(stage)
  })
  const numRuns = Math.ceil(sequences / LANES)
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    fc.assert(property, { numRuns, seed: seed + lane, endOnFailure: whole }),
  )
  const ended = await Promise.allSettled(lanes)
  const { snapshots } = await observer.stop()
  for (const lane of ended) if (lane.status === 'rejected') throw lane.reason
  return { snapshots, commands }
}
