import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { waitFor } from '@praxisbus/testing'
import type { Random } from '../scenario.ts'
import { committed, holdEffects, leadersOf, published, type Replica, terminate, type World } from './world.ts'

/** Does one thing to the system and says what, when it is done. The system may still be reeling. */
export type Fault = (world: World, random: Random) => Promise<string>

/** The kinds, with how many of each go into a run of some fifty. A Kafka that was killed takes ten seconds to come back. */
export const FAULTS: readonly (readonly [count: number, fault: Fault])[] = [
  [8, loseAnswersOfLeader],
  [4, loseAnswersOfReader],
  [6, cutNetwork],
  [4, slowNetwork],
  [7, unseatLeader],
  [4, dropSessions],
  [4, deliverLate],
  [4, wakeLate],
  [3, pauseReplica],
  [4, killLeader],
  [3, killReader],
  [1, killWriter],
  [2, killPostgres],
  [1, killKafka],
]

/** Nothing takes so long, but on a machine that does much else. */
const PATIENCE_MS = 90_000
/** While the group deals its partitions anew nobody is in the middle of an effect. */
const EFFECT_WITHIN_MS = 5_000

export async function untilPublished(world: World, more: number): Promise<void> {
  const before = await published(world)
  await waitFor(
    async () => (await published(world)) >= before + more,
    60_000,
    `${more} more events to go out`,
  )
}

const awake = (replicas: readonly Replica[]) => replicas.filter(({ starting }) => !starting)
const anyone = ({ writers, readers }: World) => awake([...writers, ...readers])

/** Between two terms nobody leads for up to a second. */
async function leader({ writers }: World): Promise<Replica> {
  return waitFor(async () => (await leadersOf(writers))[0], PATIENCE_MS, 'a replica to lead')
}

async function newLeader({ writers }: World, old: Replica): Promise<Replica> {
  return waitFor(
    async () => (await leadersOf(writers.filter((each) => each !== old)))[0],
    PATIENCE_MS,
    'the other replica to lead',
  )
}

/** The defect of kafkajs' idempotent producer: Kafka takes a request, its answer is lost, then the connection is. */
async function loseAnswers(of: Replica, random: Random): Promise<string> {
  const before = of.network.swallowedBytes
  of.network.trouble({ swallowAnswers: true })
  const lost = () => of.network.swallowedBytes > before
  await waitFor(lost, 2_000, 'an answer to lose').catch(() => undefined)
  await sleep(random.next(150))
  of.network.trouble({})
  return `${of.name}: ${of.network.swallowedBytes - before} bytes of Kafka's answers lost, then the connections`
}

async function loseAnswersOfLeader(world: World, random: Random): Promise<string> {
  return loseAnswers(await leader(world), random)
}

async function loseAnswersOfReader(world: World, random: Random): Promise<string> {
  return loseAnswers(random.pick(awake(world.readers)), random)
}

async function cutNetwork(world: World, random: Random): Promise<string> {
  const of = random.pick(anyone(world))
  const { open } = of.network
  of.network.cut()
  return `${of.name}: ${open} connections to Kafka cut`
}

async function slowNetwork(world: World, random: Random): Promise<string> {
  const of = random.pick(anyone(world))
  const delayMs = 50 + random.next(250)
  of.network.trouble({ delayMs })
  await sleep(500)
  of.network.trouble({})
  return `${of.name}: Kafka ${delayMs} ms away for half a second`
}

/** Leadership moves though no process ends; the old leader may be in the middle of a send. */
async function unseatLeader(world: World): Promise<string> {
  const of = await leader(world)
  await terminate(world, of, 'relay')
  return `${of.name}: led, and lost its connections to PostgreSQL`
}

async function dropSessions(world: World, random: Random): Promise<string> {
  const of = random.pick(anyone(world))
  return `${of.name}: ${await terminate(world, of, 'app')} sessions in PostgreSQL ended`
}

/** What an old leader sent arrives when a new one has sent newer events of the same keys. */
async function deliverLate(world: World, random: Random): Promise<string> {
  await allThere(world.writers)
  const of = await leader(world)
  of.network.trouble({ holdRequests: true })
  await waitFor(() => of.network.heldBytes > 500, 5_000, 'a request to hold').catch(() => undefined)
  await sleep(random.next(100))
  await terminate(world, of, 'relay')
  const next = await newLeader(world, of)
  await untilPublished(world, 20)
  const bytes = of.network.heldBytes
  of.network.trouble({})
  return `${of.name}: ${bytes} bytes to Kafka arrived only when ${next.name} had led for a while`
}

/** An old leader that slept while another led goes on where it was. */
async function wakeLate(world: World, random: Random): Promise<string> {
  await allThere(world.writers)
  const of = await leader(world)
  await sleep(random.next(100))
  const wake = asleep(of)
  try {
    await terminate(world, of, 'relay')
    const next = await newLeader(world, of)
    await untilPublished(world, 20)
    return `${of.name}: led, slept, woke when ${next.name} led`
  } finally {
    wake()
  }
}

async function pauseReplica(world: World, random: Random): Promise<string> {
  const of = random.pick(anyone(world))
  const pauseMs = 300 + random.next(1_200)
  const wake = asleep(of)
  await sleep(pauseMs)
  wake()
  return `${of.name}: slept for ${pauseMs} ms`
}

function asleep({ service }: Replica): () => void {
  const { pid } = service
  process.kill(pid, 'SIGSTOP')
  return () => {
    process.kill(pid, 'SIGCONT')
  }
}

async function killLeader(world: World): Promise<string> {
  await allThere(world.writers)
  return killed(await leader(world))
}

async function killWriter(world: World, random: Random): Promise<string> {
  await allThere(world.writers)
  return killed(random.pick(world.writers))
}

/** In the middle of an effect: what was counted as done before that would be lost. */
async function killReader(world: World, random: Random): Promise<string> {
  await allThere(world.readers)
  const effects = await holdEffects(world)
  try {
    const found = await waitFor(effects.inTheMiddle, EFFECT_WITHIN_MS, 'an effect').catch(() => undefined)
    const of = world.readers.find(({ name }) => name === found) ?? random.pick(world.readers)
    const done = await killed(of)
    // PostgreSQL would go on with the statement for a while before it misses its client.
    await terminate(world, of, 'app')
    return found ? `${done}, in the middle of an effect` : done
  } finally {
    await effects.release()
  }
}

/** Goes on while the process starts again. Of two replicas one stays. */
async function killed(of: Replica): Promise<string> {
  await of.service.kill9()
  of.starting = of.service.restart().finally(() => {
    of.starting = undefined
  })
  of.starting.catch(() => undefined)
  return `${of.name}: kill -9, and a new start`
}

/** Whatever happens around it, a process ends only where it is killed. */
export function allAlive(replicas: readonly Replica[]): void {
  for (const { name, service } of awake(replicas)) {
    try {
      process.kill(service.pid, 0)
    } catch (error) {
      throw new Error(`${name} ended by itself`, { cause: error })
    }
  }
}

export async function allThere(replicas: readonly Replica[]): Promise<void> {
  await Promise.all(replicas.map(({ starting }) => starting))
}

/** Once nobody is killed, stopped or cut off any more. Two would say everything twice. */
export async function oneLeads({ writers }: World): Promise<void> {
  const leads = async () => (await leadersOf(writers)).length
  await waitFor(async () => (await leads()) === 1, PATIENCE_MS, 'one replica to lead, and no other')
  for (let look = 0; look < 5; look++) {
    await sleep(200)
    assert.ok((await leads()) <= 1, 'two replicas lead at once')
  }
}

async function killPostgres(world: World): Promise<string> {
  await allThere([...world.writers, ...world.readers])
  const { postgres } = world
  await postgres.kill9()
  await postgres.restart()
  return 'PostgreSQL: kill -9, started again'
}

/** Meanwhile commands go on, and the service says what it misses. */
async function killKafka(world: World): Promise<string> {
  const { kafka, writers } = world
  const begun = performance.now()
  await kafka.kill9()
  const before = await committed(world)
  const missed = async () =>
    (await Promise.all(writers.map(({ desk }) => desk.get('/readyz')))).some(({ body }) =>
      body.degraded.includes('kafka'),
    )
  await waitFor(missed, PATIENCE_MS, 'a scheduler to say that it misses Kafka')
  await waitFor(async () => (await committed(world)) >= before + 20, PATIENCE_MS, 'commands to go on')
  await kafka.restart()
  return `Kafka: kill -9, back after ${((performance.now() - begun) / 1000).toFixed(1)} s`
}
