import fc from 'fast-check'
import type { BillingDesk } from '../../test-kit.ts'
import { sequences as drawn } from './draw.ts'
import { observeBooks } from './observe.ts'
import { openStage, playGroup } from './play.ts'

/** Practices that are played at the same time. */
const LANES = 4
const SAY_EVERY = 500

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
    say = () => undefined,
  }: {
    readonly sequences: number
    /** Groups of commands in a sequence, at most. */
    readonly length: number
    readonly seed: number
    readonly say?: (line: string) => void
  },
): Promise<{ snapshots: number }> {
  const practices: string[] = []
  const observer = observeBooks(desk, practices)
  const property = fc.asyncProperty(drawn(length), async (groups) => {
    const stage = await openStage(desk)
    if (practices.push(stage.practiceId) % SAY_EVERY === 0) say(`${practices.length} played`)
    for (const group of groups) await playGroup(stage, group)
  })
  const numRuns = Math.ceil(sequences / LANES)
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    fc.assert(property, { numRuns, seed: seed + lane }),
  )
  const ended = await Promise.allSettled(lanes)
  const { snapshots } = await observer.stop()
  for (const lane of ended) if (lane.status === 'rejected') throw lane.reason
  return { snapshots }
}
