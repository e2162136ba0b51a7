import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { fine, type Ward } from './ward.ts'

export interface Probe {
  /** The longest way from an answer at the desk to its effect in the EHR since the last call, in milliseconds. */
  slowestMs(): number
  stop(): Promise<void>
}

const EVERY_MS = 100

/** Changes these patients again and again, and times how long each change takes to show in the EHR. */
export async function startProbe({ desk, databases }: Ward, patientIds: readonly string[]): Promise<Probe> {
  const client = new pg.Client(databases.ehr.adminUrl)
  await client.connect()
  const waiting = new Map<string, { version: number; since: number }>()
  let slowestMs = 0
  let over = false

  const change = async (patientId: string) => {
    const { body } = await fine(desk.get(`/v1/patients/${patientId}`))
    let version: number = body.version
    for (let round = 0; !over; round++) {
      const options = { ifMatch: version }
      const answer = await fine(desk.put(`/v1/patients/${patientId}`, { name: `Probe ${round}` }, options))
      version = answer.body.version
      waiting.set(patientId, { version, since: performance.now() })
      while (waiting.has(patientId) && !over) await sleep(EVERY_MS)
    }
  }
  const look = async () => {
    while (!over) {
      const { rows } = await client.query<{ id: string; version: number }>(
        'select id, version::int from patient_replica where id = any($1)',
        [patientIds],
      )
      const now = performance.now()
      for (const { id, version } of rows) {
        const awaited = waiting.get(id)
        if (awaited && version >= awaited.version) {
          slowestMs = Math.max(slowestMs, now - awaited.since)
          waiting.delete(id)
        }
      }
      await sleep(20)
    }
  }
  const work = Promise.all([look(), ...patientIds.map(change)])
  work.catch(() => undefined)
  return {
    slowestMs: () => {
      const now = performance.now()
      const slowest = Math.max(slowestMs, ...[...waiting.values()].map(({ since }) => now - since))
      slowestMs = 0
      return Math.round(slowest)
    },
    stop: async () => {
      over = true
      await work.finally(() => client.end())
    },
  }
}
