import { describe, expect, test } from '@jest/globals'
import { afterFailure, MAX_ATTEMPTS, messageIdOf, shownError } from './delivery.ts'

describe('delivery of documents', () => {
  test('B-03 waits longer after each failure, and gives up in the end or at once where it is of no use', () => {
    const wait = (attempts: number) => afterFailure(attempts, { message: 'busy', permanent: false })
    expect([1, 2, 3, 8, 11].map(wait)).toEqual(
      [30, 60, 120, 3_840, 7_200].map((waitSeconds) => ({ status: 'queued', waitSeconds })),
    )
    expect(wait(MAX_ATTEMPTS)).toEqual({ status: 'failed' })
    expect(afterFailure(1, { message: 'no such user', permanent: true })).toEqual({ status: 'failed' })
  })

  test('B-03 the message id comes from the document and the sender’s domain', () => {
    expect(messageIdOf('d1', 1, 'Fern Street <billing@fern.test>')).toBe('<d1.1@fern.test>')
    expect(messageIdOf('d1', 2, 'billing@fern.test')).toBe('<d1.2@fern.test>')
    expect(shownError(`a\n${'x'.repeat(900)}`)).toHaveLength(500)
  })
})
