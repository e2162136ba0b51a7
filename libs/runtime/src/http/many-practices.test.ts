import { expect, test } from '@jest/globals'
import { PERMISSIONS } from '@praxisbus/contracts'
import { openDesk } from '@praxisbus/testing'
import { z } from 'zod'
import { newId } from '../ids.ts'
import { query } from './route.ts'

const route = query({
  endpoint: 'GET /v1/here',
  permission: 'patient.read',
  summary: 'Where am I',
  output: z.object({ practiceId: z.uuid() }),
  run: async ({ principal }) => ({ practiceId: principal.practiceId }),
  refusals: {},
})

test('H1 P-06 somebody who works for seventy practices, with every permission in each, is let in', async () => {
  const desk = await openDesk('scheduler', { routes: [route], reactions: [] })
  try {
    for (const many of [1, 20, 70]) {
      const practiceIds = Array.from({ length: many }, newId)
      const user = await desk.as({ permissions: PERMISSIONS, practiceIds })
      const answer = await user.get('/v1/here', { headers: { 'praxisbus-practice': practiceIds.at(-1)! } })
      expect(answer).toMatchObject({ status: 200, body: { practiceId: practiceIds.at(-1) } })
    }
  } finally {
    await desk.close()
  }
})
