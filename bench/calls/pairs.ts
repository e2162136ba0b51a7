interface Pairs<Figure> {
  readonly ours: Figure[]
  readonly theirs: Figure[]
}

/** The two sides of a comparison in turn, after a round of each that does not count. */
export async function inTurn<Figure>(
  pairs: number,
  ours: () => Promise<Figure>,
  theirs: () => Promise<Figure>,
): Promise<Pairs<Figure>> {
  for (const side of [ours, theirs]) await side()
  return inTurnWarm(pairs, ours, theirs)
}

/** The same for sides that are warm: that many times, neither always the first, on a machine that warms up or cools down. */
export async function inTurnWarm<Figure>(
  pairs: number,
  ours: () => Promise<Figure>,
  theirs: () => Promise<Figure>,
): Promise<Pairs<Figure>> {
  const taken: Pairs<Figure> = { ours: [], theirs: [] }
  const sides = { ours, theirs }
  for (let pair = 0; pair < pairs; pair++)
    for (const side of pair % 2 ? (['theirs', 'ours'] as const) : (['ours', 'theirs'] as const))
      taken[side].push(await sides[side]())
  return taken
}
