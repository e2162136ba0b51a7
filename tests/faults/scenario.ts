/** One kind of trouble, done to a running system, with what must hold afterwards. One file each in scenarios/. */
export interface Scenario {
  /** As in `npm run faults -- --only <name>`. */
  readonly name: string
  /** One sentence: what is done, and what must hold. */
  readonly about: string
  /**
   * Does its worst, checks, cleans up also when it fails, and returns what was checked, a line each. Throws (node:assert) where
   * it does not hold. The same seed does the same things in the same order.
   */
  run(trial: Trial): Promise<string[]>
}

export interface Trial {
  readonly random: Random
  /** short: within `npm test`, below a minute or so. long: as the figures ask. */
  readonly form: 'short' | 'long'
  /** Tells what is being done, as it is done. */
  say(line: string): void
}

export interface Random {
  /** A whole number from 0 to `below` - 1. */
  next(below: number): number
  pick<Item>(items: readonly Item[]): Item
  shuffled<Item>(items: readonly Item[]): Item[]
}

/** A small generator with a seed (mulberry32), so that a failing run can be repeated. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  const next = (below: number) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
  return {
    next,
    pick: (items) => items[next(items.length)]!,
    shuffled: (items) => {
      const left = [...items]
      return items.map(() => left.splice(next(left.length), 1)[0]!)
    },
  }
}
