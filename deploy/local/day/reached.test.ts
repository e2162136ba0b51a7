import { expect, test } from '@jest/globals'
import type { Answer } from '@praxisbus/testing/api.ts'
import { reached } from './reached.ts'

const answer = (status: number): Answer => ({ status, headers: new Headers(), body: undefined })

test('a call outlasts a service that starts again, and takes any answer but 503', async () => {
  const story = [new TypeError('fetch failed'), answer(503), answer(409)]
  const send = async () => {
    const next = story.shift()!
    if (next instanceof Error) throw next
    return next
  }
  expect((await reached(send, 5_000)).status).toBe(409)
  expect(story).toEqual([])
})

test('patience ends: what came last is told', async () => {
  expect((await reached(async () => answer(503), 0)).status).toBe(503)
  await expect(reached(() => Promise.reject(new TypeError('fetch failed')), 0)).rejects.toThrow(
    'fetch failed',
  )
})
