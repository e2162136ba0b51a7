import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type Child, startChild } from './calls/child.ts'
import { inTurn } from './calls/pairs.ts'
import type { Bench, Comparison } from './comparison.ts'
import { installPeers, PEERS } from './install-peers.ts'
import { type Load, windowsFrom } from './occurrences/work.ts'

/** Fewer only to see that the bench works: `PAIRS=2 npm run bench -- occurrences --print`. */
const PAIRS = Number(process.env.PAIRS ?? 9)

const SERIES = { start: '20260105T090000', timeZone: 'America/Chicago', rule: 'FREQ=WEEKLY;BYDAY=MO' }
const FAR = windowsFrom('2056-01-01T00:00', 104, 7)
const NEAR = windowsFrom('2026-01-02T00:00', 8, 7)
const YEAR = windowsFrom('2026-01-02T00:00', 4, 364)

interface Peer {
  readonly name: string
  readonly module: string
}
const RRULE: Peer = { name: 'rrule 2.8.1', module: '../peers/recurrence/rrule.mjs' }
const RUST: Peer = { name: 'rrule-rust 3.1.1', module: '../peers/recurrence/rrule-rust.mjs' }

interface Shape {
  readonly what: string
  readonly peer: Peer
  readonly windows: Load['windows']
  readonly anew?: boolean
  /** Questions of ours, and of the peer: about a fifth of a second each. */
  readonly calls: readonly [ours: number, theirs: number]
  readonly atLeast?: number
}

const SHAPES: readonly Shape[] = [
  { what: 'a week after 30 years', peer: RRULE, windows: FAR, calls: [200_000, 4], atLeast: 1_000 },
  { what: 'a week after 30 years', peer: RUST, windows: FAR, calls: [200_000, 400], atLeast: 10 },
  { what: 'a week of the first two months', peer: RUST, windows: NEAR, calls: [200_000, 20_000], atLeast: 2 },
  { what: 'the first year, 52 occurrences', peer: RUST, windows: YEAR, calls: [20_000, 4_000], atLeast: 2 },
  {
    what: 'a week after 30 years, its text read anew',
    peer: RRULE,
    windows: FAR,
    anew: true,
    calls: [10_000, 4],
  },
  {
    what: 'a week after 30 years, its text read anew',
    peer: RUST,
    windows: FAR,
    anew: true,
    calls: [10_000, 400],
  },
  {
    what: 'a week of the first two months, its text read anew',
    peer: RUST,
    windows: NEAR,
    anew: true,
    calls: [10_000, 4_000],
  },
]

const bench: Bench = {
  name: 'occurrences',
  about:
    'Questions a second to a weekly series in America/Chicago, begun in 2026 and without end: the instants of its occurrences in a window.',
  async run(say) {
    await installPeers(join(PEERS, 'recurrence'), ['install', '--no-package-lock'])
    const children: Child[] = []
    const start = async (module: string) => {
      // Local times of the machine are none of the question.
      process.env.TZ = 'UTC'
      const child = await startChild('../occurrences/side.ts', { module })
      children.push(child)
      return child
    }
    try {
      const ours = await start('./ours.ts')
      const sides = new Map([
        [RRULE, await start(RRULE.module)],
        [RUST, await start(RUST.module)],
      ])
      const comparisons: Comparison[] = []
      for (const shape of SHAPES) {
        say(`${shape.what}, beside ${shape.peer.name}: ${PAIRS} pairs`)
        comparisons.push(await compare(ours, sides.get(shape.peer)!, shape))
      }
      return comparisons
    } finally {
      for (const child of children) await child.stop()
    }
  },
}
export default bench

async function compare(mine: Child, peer: Child, shape: Shape): Promise<Comparison> {
  const { what, windows, anew = false, atLeast } = shape
  const load = (calls: number): Load => ({ series: SERIES, windows, calls, anew })
  const few = { ...load(0), windows: windows.slice(0, 8) }
  assert.deepEqual(
    await mine.ask({ list: few }),
    await peer.ask({ list: few }),
    'both give the same instants',
  )
  const taken = await inTurn(
    PAIRS,
    () => mine.ask<number>(load(shape.calls[0])),
    () => peer.ask<number>(load(shape.calls[1])),
  )
  const aim = atLeast === undefined ? undefined : ({ ratio: 'at least', value: atLeast } as const)
  return { what, peer: shape.peer.name, unit: '1/s', ...taken, aim }
}
