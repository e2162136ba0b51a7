import assert from 'node:assert/strict'
import { newId } from '@praxisbus/runtime'
import type { Answer, Api } from '@praxisbus/testing'
import { timed, untilAnswered } from './load.ts'

export const patient = (name: string) => ({
  name,
  reminderConsents: { email: false, phone: false, text: false },
})

export const setUpPractice = async (desk: Api) => {
  const products = { scheduler: true, ehr: true, billing: true, imaging: true }
  const answer = await untilAnswered(() =>
    desk.put('/v1/practice', { name: 'Outage Practice', timeZone: 'America/Chicago', products }),
  )
  assert.equal(answer.status, 200)
}

/** Registers patients by keys of their own, and remembers what was acknowledged. */
export function openRegistry(desk: Api) {
  const acknowledged = new Map<string, string>()
  const open = new Set<string>()
  const send = async (key: string): Promise<Answer> => {
    open.add(key)
    const answer = await desk.post('/v1/patients', patient(`Patient ${key}`), { idempotencyKey: key })
    if (answer.status === 201) {
      const known = acknowledged.get(key)
      assert.ok(known === undefined || known === answer.body.patientId, 'a key has one answer')
      acknowledged.set(key, answer.body.patientId)
      open.delete(key)
    }
    return answer
  }
  return {
    acknowledged,
    register: () => send(newId()),
    /** Those without an answer of success are sent again under their keys until they have one. */
    settle: async () => {
      const again = [...open]
      await Promise.all(again.map((key) => untilAnswered(() => send(key))))
      return again.length
    },
  }
}

export const readiness = async (service: { readonly httpUrl: string }) => {
  const asked = await timed(async () => {
    const answer = await fetch(`${service.httpUrl}/readyz`, { signal: AbortSignal.timeout(5_000) })
    return { status: answer.status, headers: answer.headers, body: await answer.json() }
  })
  const { missing = [], degraded = [] } = asked.answer?.body ?? {}
  return { status: asked.status, ms: asked.ms, missing: missing as string[], degraded: degraded as string[] }
}
