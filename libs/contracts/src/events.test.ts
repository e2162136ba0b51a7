import { describe, expect, test } from '@jest/globals'
import type { z } from 'zod'
import { EVENTS } from './events/index.ts'

describe('P-03 the list of events', () => {
  test('holds each version of each topic once', () => {
    const names = EVENTS.map(({ topic, version }) => `${topic}.v${version}`)
    expect(names).toEqual([...new Set(names)])
  })

  test.each(EVENTS.map((event) => [`${event.topic}.v${event.version}`, event] as const))('%s', (_, event) => {
    expect(event.topic).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/)
    expect(event.version).toBeGreaterThanOrEqual(1)
    expect(event.partitions).toBeGreaterThanOrEqual(1)
    expect(event.retentionDays).toBeGreaterThanOrEqual(1)
    expect(event.description).toMatch(/\.$/)
    // The key must be in the data too: a reader of the record alone still knows what it is about.
    expect(Object.keys((event.data as unknown as z.ZodObject).shape)).toContain(idField(event.aggregate))
  })

  test('has one version of a compacted topic, which keeps one message of a key', () => {
    const topics = EVENTS.filter(({ compacted }) => compacted).map(({ topic }) => topic)
    expect(topics).toEqual([...new Set(topics)])
  })

  test('has one owner, key and cleanup per topic, whatever its versions', () => {
    for (const versions of Map.groupBy(EVENTS, ({ topic }) => topic).values()) {
      const terms = versions.map(({ owner, aggregate, compacted, partitions }) => ({
        owner,
        aggregate,
        compacted,
        partitions,
      }))
      for (const other of terms) expect(other).toEqual(terms[0])
    }
  })
})

/** `billing-encounter` -> `billingEncounterId` */
function idField(aggregate: string): string {
  return `${aggregate.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())}Id`
}
