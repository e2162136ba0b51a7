import assert from 'node:assert/strict'
import { type Child, startChild } from './calls/child.ts'
import { latencies } from './calls/load.ts'
import { inTurnWarm } from './calls/pairs.ts'
import { patientClient } from './calls/patient-client.ts'
import { openTarget } from './calls/scheduler-database.ts'
import { type Bench, type Comparison, percentile } from './comparison.ts'

const PAIRS = 15
const WARM_UP_CALLS = 6_000
const CALLS = 2_000
const PEER = 'bare grpc-js server with one prepared SELECT'

/** Sign-in, permission, row-level security, audit entry and trace against none of them, for the same row and the same answer. */
const bench: Bench = {
  name: 'query',
  about: 'One gRPC query that reads a record by its id: the scheduler’s GetPatient.',
  async run(say) {
    const { target, analyze, close } = await openTarget()
    const children: Child[] = []
    try {
      const sides = []
      for (const file of ['query-ours.ts', 'query-peer.ts']) {
        const child = await startChild(`./${file}`, target)
        children.push(child)
        sides.push(patientClient(await child.ask<number>('port'), target))
      }
      const [ours, theirs] = sides as [Side, Side]
      assert.deepEqual(await ours.ask(), await theirs.ask(), 'both give the same answer')
      const comparisons = []
      for (const callers of [1, 16]) {
        say(`${callers} at once: ${PAIRS} pairs of ${CALLS} calls`)
        comparisons.push(...(await compare(ours, theirs, callers, analyze)))
      }
      for (const side of sides) side.close()
      return comparisons
    } finally {
      for (const child of children) await child.stop()
      await close()
    }
  },
}
export default bench

type Side = ReturnType<typeof patientClient>

async function compare(
  ours: Side,
  theirs: Side,
  callers: number,
  analyze: () => Promise<void>,
): Promise<Comparison[]> {
  for (const side of [ours, theirs]) await latencies(WARM_UP_CALLS, callers, side.ask)
  await analyze()
  const taken = await inTurnWarm(
    PAIRS,
    () => latencies(CALLS, callers, ours.ask),
    () => latencies(CALLS, callers, theirs.ask),
  )
  const at = (percent: number) => ({
    what: `p${percent} with ${callers} at once`,
    peer: PEER,
    unit: 'ms' as const,
    ours: taken.ours.map((sorted) => percentile(sorted, percent)),
    theirs: taken.theirs.map((sorted) => percentile(sorted, percent)),
  })
  return [{ ...at(50), aim: { ratio: 'at most', value: 1.25 } }, at(99)]
}
