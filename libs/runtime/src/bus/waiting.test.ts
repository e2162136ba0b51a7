import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { goodbye, openPatience } from './waiting.ts'

const never = () => new Promise<never>(() => undefined)
const SILENCE = /before the process had to stop/

test('P-04 waits have their time until the process is to stop, then end', async () => {
  const stopping = new AbortController()
  const patience = openPatience(stopping.signal, 50)
  expect(await patience(delay(150, 'late'))).toBe('late')
  await expect(patience(Promise.reject(new Error('refused')))).rejects.toThrow('refused')

  const open = patience(never())
  const begun = performance.now()
  stopping.abort()
  await expect(open).rejects.toThrow(SILENCE)
  expect(performance.now() - begun).toBeGreaterThan(40)
})

test('P-04 a wait that begins after the stop has its whole time, until one was in vain', async () => {
  const stopping = new AbortController()
  const patience = openPatience(stopping.signal, 200)
  stopping.abort()
  await delay(300)
  expect(await patience(delay(50, 'answer'))).toBe('answer')
  await expect(patience(never())).rejects.toThrow(SILENCE)

  const next = patience(delay(100, 'not waited for'))
  await expect(next).rejects.toThrow(SILENCE)
})

test('P-04 a goodbye ends with the work, however that ended, or without it', async () => {
  const begun = performance.now()
  await goodbye(Promise.resolve(), 60_000)
  await goodbye(Promise.reject(new Error('gone already')), 60_000)
  expect(performance.now() - begun).toBeLessThan(30_000)

  await goodbye(never(), 50)
  expect(performance.now() - begun).toBeGreaterThan(40)
})
