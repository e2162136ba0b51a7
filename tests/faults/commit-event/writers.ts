import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer, Api } from '@praxisbus/testing'
import { type Random, seeded } from '../scenario.ts'
import type { World } from './world.ts'

/** What a writer was told is done. `mark` is the patient's name, and no two intentions have the same. */
export interface Acknowledged {
  readonly patientId: string
  readonly version: number
  readonly mark: string
}

export interface Writing {
  readonly acknowledged: readonly Acknowledged[]
  /** Rejects with what a writer met that is neither an effect nor a refusal nor a fault after which it may ask again. */
  readonly broken: Promise<never>
  /** Finishes what is under way. */
  stop(): Promise<void>
}

const WRITERS = 8
const AGGREGATES = 200
const PAUSE_MS = 60
const PATIENCE_MS = 1_000

/** Eight writers on 200 patients, each over both replicas, who ask again with the same key until they are answered. */
export async function startWriting(world: World, random: Random): Promise<Writing> {
  const acknowledged: Acknowledged[] = []
  const versions = new Map<string, number>()
  let over = false
  const note = (patientId: string, version: number, mark: string) => {
    acknowledged.push({ patientId, version, mark })
    versions.set(patientId, Math.max(version, versions.get(patientId) ?? 0))
  }
  const setUp = await untilAnswered(world, 0, (desk) =>
    desk.put('/v1/practice', {
      name: 'Fault Practice',
      timeZone: 'America/Chicago',
      products: { scheduler: true, ehr: true, billing: false, imaging: false },
    }),
  )
  assert.equal(setUp.status, 200, JSON.stringify(setUp.body))

  const write = async (writer: number) => {
    const own = seeded(random.next(2 ** 31))
    for (let number = 0; number < AGGREGATES / WRITERS; number++) {
      const mark = `w${writer}-p${number}`
      const answer = await untilAnswered(world, writer + number, (desk) =>
        desk.post('/v1/patients', { name: mark }, { idempotencyKey: mark }),
      )
      assert.equal(answer.status, 201, JSON.stringify(answer.body))
      note(answer.body.patientId, answer.body.version, mark)
    }
    for (let round = 0; !over; round++) {
      const patientId = own.pick([...versions.keys()])
      const mark = `w${writer}-r${round}`
      const options = { idempotencyKey: mark, ifMatch: versions.get(patientId)! }
      const answer = await untilAnswered(world, own.next(2), (desk) =>
        desk.put(`/v1/patients/${patientId}`, { name: mark }, options),
      )
      // 412: another writer was first.
      assert.ok([200, 412].includes(answer.status), `${answer.status} ${JSON.stringify(answer.body)}`)
      if (answer.status === 200) note(patientId, answer.body.version, mark)
      await sleep(own.next(PAUSE_MS))
    }
  }
  const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer))
  const all = Promise.all(writers)
  const broken = new Promise<never>((_, reject) => all.catch(reject))
  broken.catch(() => undefined)
  return {
    acknowledged,
    broken,
    stop: async () => {
      over = true
      await all
    },
  }
}

/** Asks one replica after the other until there is an answer that is not a fault. */
async function untilAnswered(
  { writers }: World,
  first: number,
  ask: (desk: Api) => Promise<Answer>,
): Promise<Answer> {
  const deadline = performance.now() + 120_000
  for (let turn = first; performance.now() < deadline; turn++) {
    const answer = await patiently(ask(writers[turn % writers.length]!.desk))
    if (answer && answer.status < 500) return answer
    await sleep(50)
  }
  throw new Error('no replica answered a writer for 120 s')
}

/** A request that was given up is still under way: its effect may come later than that of the one that repeats it. */
async function patiently(asked: Promise<Answer>): Promise<Answer | undefined> {
  const given = asked.catch(() => undefined)
  return Promise.race([given, sleep(PATIENCE_MS, undefined)])
}
