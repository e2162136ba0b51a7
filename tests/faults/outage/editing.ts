import assert from 'node:assert/strict'
import { newId } from '@praxisbus/runtime'
import type { Answer, Api } from '@praxisbus/testing'
import { keepAsking, type Load, untilAnswered } from './load.ts'
import { patient } from './patients.ts'

/** Workers that each change patients of their own again and again, so that each patient has many versions in a known order. */
export async function startEditing(
  desk: Api,
  { workers, patients, pauseMs }: { workers: number; patients: number; pauseMs: number },
): Promise<Load> {
  const known = await Promise.all(
    Array.from({ length: workers * patients }, async () => {
      const options = { idempotencyKey: newId() }
      const { status, body } = await untilAnswered(() =>
        desk.post('/v1/patients', patient('Patient'), options),
      )
      assert.equal(status, 201)
      return { id: body.patientId as string, version: body.version as number }
    }),
  )
  return keepAsking(workers, pauseMs, async (round, worker): Promise<Answer> => {
    const edited = known[worker * patients + (round % patients)]!
    const answer = await desk.put(`/v1/patients/${edited.id}`, patient(`Patient ${round}`), {
      ifMatch: edited.version,
    })
    if (answer.status === 200) edited.version = answer.body.version
    return answer
  })
}
