import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Partitioners } from 'kafkajs'
import { newId } from '../ids.ts'
import { partitionOf } from './partition.ts'

const theirs = Partitioners.DefaultPartitioner()
const partitionMetadata = (count: number) =>
  Array.from({ length: count }, (_, partitionId) => ({
    partitionId,
    leader: 1,
    partitionErrorCode: 0,
    replicas: [1],
    isr: [1],
  }))

test('a key goes to the partition where every other client looks for it', () => {
  expect(partitionOf('21', 1_000)).toBe((-973932308 & 0x7fffffff) % 1_000) // a value of Kafka's own tests
  const agrees = (key: string, count: number) => {
    const message = { key, value: '' }
    expect(partitionOf(key, count)).toBe(
      theirs({ topic: 'any', partitionMetadata: partitionMetadata(count), message }),
    )
  }
  for (let index = 0; index < 300; index++) agrees(newId(), 6)
  fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 64 }), agrees))
})
