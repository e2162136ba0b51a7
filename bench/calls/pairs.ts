/** The two sides of a comparison in turn, that many times; neither is always the first, on a machine that warms up or cools down. */
export async function inTurn<Figure>(
  pairs: number,
  ours: () => Promise<Figure>,
  theirs: () => Promise<Figure>,
): Promise<{ ours: Figure[]; theirs: Figure[] }> {
  const taken = { ours: [] as Figure[], theirs: [] as Figure[] }
  const sides = { ours, theirs }
  for (const side of ['ours', 'theirs'] as const) await sides[side]()
  for (let pair = 0; pair < pairs; pair++)
    for (const side of pair % 2 ? (['theirs', 'ours'] as const) : (['ours', 'theirs'] as const))
      taken[side].push(await sides[side]())
  return taken
}
