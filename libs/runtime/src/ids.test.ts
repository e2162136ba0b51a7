import { expect, test } from '@jest/globals'
import { version } from 'uuid'
import { isUuid, newId } from './ids.ts'

test('ids are UUIDv7, each another, and follow each other in the order in which they were made', () => {
  const ids = Array.from({ length: 100_000 }, newId)
  expect(ids.every((id) => isUuid(id) && version(id) === 7)).toBe(true)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.toSorted()).toEqual(ids)
  // Drawn anew for each, although many are drawn at once: 48 bits and more.
  expect(new Set(ids.map((id) => id.slice(-12))).size).toBeGreaterThan(99_990)
})
