/** One acknowledged change of a record: what its fact must say. */
export interface Acknowledged {
  readonly key: string
  readonly version: number
  readonly name: string
}

/** A message as a subscriber read it; in order within its key. */
export interface Published {
  readonly key: string
  readonly eventId: string
  readonly version: number
  readonly name: string
}

/**
 * What is wrong with a topic, given every command that was acknowledged and nothing else was done: each has its event once, by
 * id, with the right content, versions 1…n in order per key, and nothing else is there. A message may come again (delivery is at
 * least once), but only with the id that it had.
 */
export function disagreements(
  acknowledged: readonly Acknowledged[],
  published: readonly Published[],
): string[] {
  const faults: string[] = []
  const wanted = Map.groupBy(acknowledged, ({ key }) => key)
  const there = Map.groupBy(published, ({ key }) => key)
  for (const key of there.keys()) if (!wanted.has(key)) faults.push(`${key}: nobody wrote this record`)
  for (const [key, changes] of wanted) faults.push(...ofOneKey(key, changes, there.get(key) ?? []))
  return faults
}

function ofOneKey(key: string, changes: readonly Acknowledged[], messages: readonly Published[]): string[] {
  const faults: string[] = []
  const byId = new Map<string, Published>()
  for (const message of messages) {
    const before = byId.get(message.eventId)
    if (!before) byId.set(message.eventId, message)
    else if (before.version !== message.version || before.name !== message.name)
      faults.push(`${key}: event ${message.eventId} has two contents`)
  }
  const versions = [...byId.values()].map(({ version }) => version)
  if (versions.some((version, index) => index > 0 && version < versions[index - 1]!))
    faults.push(`${key}: out of order: ${versions.join(' ')}`)
  const names = new Map(changes.map(({ version, name }) => [version, name]))
  for (const { version, name } of byId.values()) {
    if (!names.has(version)) faults.push(`${key}: version ${version} was never acknowledged`)
    else if (names.get(version) !== name) faults.push(`${key}: version ${version} says another name`)
  }
  for (const version of names.keys()) {
    const count = versions.filter((other) => other === version).length
    if (count === 0) faults.push(`${key}: version ${version} is lost`)
    if (count > 1) faults.push(`${key}: version ${version} has ${count} events`)
  }
  return faults
}
