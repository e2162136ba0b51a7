/**
 * Figures of one thing measured in turn with its peer: ours[i] and theirs[i] were taken one right after the other in the same
 * run, so their ratio holds when the machine's speed drifts.
 */
export interface Comparison {
  readonly what: string
  readonly peer: string
  readonly unit: 'ms' | '1/s' | 'events per CPU-second' | 'µs of CPU'
  readonly ours: readonly number[]
  readonly theirs: readonly number[]
  /** About ours / theirs. */
  readonly aim?: { readonly ratio: 'at most' | 'at least'; readonly value: number }
}

/** One file `<name>.bench.ts` each, as its default export; `npm run bench -- <name>` runs it alone. */
export interface Bench {
  readonly name: string
  /** One sentence for the heading of its table. */
  readonly about: string
  /** `say` tells a person who waits what is being measured. */
  run(say: (line: string) => void): Promise<Comparison[]>
}

export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
}

export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error('nothing was measured')
  const sorted = values.toSorted((a, b) => a - b)
  return { min: sorted[0]!, median: percentile(sorted, 50), max: sorted.at(-1)! }
}

/** Ours / theirs, pair by pair. */
export function ratios({ ours, theirs }: Comparison): number[] {
  if (ours.length !== theirs.length) throw new Error('each figure needs the one it was taken beside')
  return ours.map((value, index) => value / theirs[index]!)
}

export function holds(comparison: Comparison): boolean | undefined {
  const { aim } = comparison
  if (!aim) return undefined
  const { median } = spread(ratios(comparison))
  return aim.ratio === 'at most' ? median <= aim.value : median >= aim.value
}

/** Of values in ascending order, by nearest rank. */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!
}
