import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Answer,
  type PostgresServer,
  type RunningService,
  startProxy,
  type TcpProxy,
  waitFor,
} from '@praxisbus/testing'
import { onceEach } from '../outage/delivered.ts'
import { type Asked, keepAsking, type Load, watchLateness } from '../outage/load.ts'
import { openRegistry, readiness, setUpPractice } from '../outage/patients.ts'
import { freeze } from '../outage/processes.ts'
import { openQuestions } from '../outage/questions.ts'
import { type Site, withOwnGround, withSite } from '../outage/site.ts'
import type { Scenario, Trial } from '../scenario.ts'

const TOLD_WITHIN_MS = 2_000
/** Until the load is heavy enough that requests are under way at any moment. */
const WARM_MS = 400

/** Nothing takes so long, but on a machine that does much else: a service asks for a connection that is made within 1.1 s. */
const PATIENCE_MS = 60_000

/** Each does it, and returns how to undo it. `cut` leaves one replica its database. */
type Trouble = 'kill -9' | 'stop' | 'freeze' | 'cut'
const TROUBLES: readonly Trouble[] = ['kill -9', 'stop', 'freeze', 'cut']

export default {
  name: 'database-away',
  about:
    'PostgreSQL is killed, stopped, frozen (hangs, refuses nobody) and cut off under load: 503 (gRPC: UNAVAILABLE) within 2 s, and no answer is lost or doubled.',
  run: (trial) =>
    withOwnGround((ground) => withSite(ground, (site) => play(trial, site, ground.postgresServer), 2)),
} satisfies Scenario

async function play({ form, random, say }: Trial, site: Site, postgres: PostgresServer): Promise<string[]> {
  const proxy = await startProxy({ targetPort: postgres.port })
  const closing = [proxy.stop]
  try {
    const env = await through(proxy, site)
    const [direct, proxied] = await Promise.all([
      site.start('scheduler'),
      site.start('scheduler', env),
      site.start('ehr'),
    ])
    await setUpPractice(await site.api(direct))
    const registry = openRegistry(await site.api(direct))
    const { body: known } = await registry.register()
    const token = await site.token({ expiresInSeconds: 3 * 86_400 })
    const questions = openQuestions(proxied, { token, practiceId: site.practiceId })
    closing.push(async () => questions.close())
    const ask = () => questions.ask(known.patientId)
    const parts = { site, postgres, proxy, direct, proxied, registry, ask }
    const checked: string[] = []
    for (let round = 0; round < (form === 'long' ? 4 : 1); round++) {
      for (const trouble of random.shuffled(TROUBLES)) {
        const awayMs = form === 'long' ? 2_000 + random.next(15_000) : 2_000
        say(`${trouble} for ${(awayMs / 1000).toFixed(1)} s`)
        const told = await suffer(trouble, awayMs, parts)
        say(told)
        checked.push(`${trouble}: ${told}`)
      }
    }
    return [...checked, await onceEach(site, registry.acknowledged)]
  } finally {
    for (const close of closing.reverse()) await close()
  }
}

interface Parts {
  readonly site: Site
  readonly postgres: PostgresServer
  readonly proxy: TcpProxy
  readonly direct: RunningService
  readonly proxied: RunningService
  readonly registry: ReturnType<typeof openRegistry>
  /** Over gRPC, at `proxied`. */
  readonly ask: () => Promise<Answer>
}

async function suffer(trouble: Trouble, awayMs: number, parts: Parts): Promise<string> {
  const { site, direct, proxied, registry, ask } = parts
  const others = openRegistry(await site.api(proxied))
  const atDirect = keepAsking(4, 25, registry.register)
  const atProxied = keepAsking(4, 25, others.register)
  const overGrpc = keepAsking(2, 25, ask)
  const loads = [atDirect, atProxied, overGrpc]
  await sleep(WARM_MS)
  const machine = watchLateness()
  const from = performance.now()
  const undo = await begin(trouble, parts)
  const states = await sleep(awayMs)
    // Who waits in a database that hangs is told after up to 2 s: it stays away until each of them was.
    .then(() =>
      Promise.all([allTold(overGrpc, 2), allTold(atProxied, 4), trouble === 'cut' || allTold(atDirect, 4)]),
    )
    .then(() => Promise.all([direct, proxied].map(readiness)))
    .finally(undo)
  const back = performance.now()
  for (const service of [direct, proxied])
    await waitFor(
      async () => (await readiness(service)).status === 200,
      PATIENCE_MS,
      'the scheduler to be ready again',
    )
  const againMs = performance.now() - back
  await sleep(WARM_MS)
  const [ofDirect, ofProxied, questions] = await Promise.all(loads.map((load) => load.stop()))
  const lateMs = machine.stop()
  const struck = trouble === 'cut' ? ofProxied! : [...ofDirect!, ...ofProxied!]
  // The service is as late as this process, and each of the two once on the way of an answer.
  const away = { from, withinMs: TOLD_WITHIN_MS + 2 * lateMs }
  checkTold(struck, 201, away)
  checkTold(questions!, 200, away)
  checkProblems(struck)
  assert.equal(states[1]!.status, 503, 'readiness without a database')
  assert.equal(states[1]!.missing.join(), 'database')
  if (trouble === 'cut') {
    assert.equal(states[0]!.status, 200, 'the replica that has its database is ready')
    assert.deepEqual(
      ofDirect!.filter(({ status }) => status !== 201).map(({ status }) => status),
      [],
    )
  }
  const again = (await registry.settle()) + (await others.settle())
  for (const [key, id] of others.acknowledged) registry.acknowledged.set(key, id)
  return `${toldAway(struck)}; over gRPC ${toldAway(questions!)}; ready again after ${againMs.toFixed(0)} ms; ${again} sent again under their keys`
}

const told503 = (asked: readonly Asked[]) => asked.filter(({ status }) => status === 503)

/** Resolves when as many were told as ask at once: the trouble has struck. */
const allTold = (load: Load, workers: number) =>
  waitFor(() => told503(load.asked).length >= workers, PATIENCE_MS, `${workers} to be told 503`)

function toldAway(asked: readonly Asked[]): string {
  return `${told503(asked).length} of ${asked.length} told 503, at the longest after ${Math.max(...asked.map(({ ms }) => ms)).toFixed(0)} ms`
}

/** Each was answered, or told in time that the database is away. */
function checkTold(
  asked: readonly Asked[],
  done: number,
  { from, withinMs }: { from: number; withinMs: number },
): void {
  for (const { at, status, ms, answer, error } of asked) {
    assert.ok(
      status === done || status === 503,
      `${status} ${error?.message ?? JSON.stringify(answer?.body)}`,
    )
    // What a busy machine took for it before the trouble began is not counted.
    const waitedMs = at + ms - Math.max(at, from)
    assert.ok(
      waitedMs < withinMs,
      `told ${status} only after ${waitedMs.toFixed(0)} ms, not within ${withinMs.toFixed(0)}`,
    )
  }
}

function checkProblems(asked: readonly Asked[]): void {
  for (const { status, answer } of asked) {
    if (status !== 503) continue
    assert.match(answer!.headers.get('content-type')!, /^application\/problem\+json/)
    assert.ok(Number(answer!.headers.get('retry-after')) >= 1, 'Retry-After')
  }
}

async function begin(trouble: Trouble, { postgres, proxy }: Parts): Promise<() => Promise<void>> {
  if (trouble === 'freeze') return freeze(postgres.pid)
  if (trouble === 'cut') {
    proxy.trouble({ holdRequests: true, swallowAnswers: true })
    return async () => {
      proxy.cut()
      proxy.trouble({})
    }
  }
  await (trouble === 'stop' ? postgres.stop() : postgres.kill9())
  return postgres.restart
}

async function through(proxy: TcpProxy, site: Site): Promise<Record<string, string>> {
  const { appUrl, relayUrl } = await site.database('scheduler')
  const moved = (text: string) => {
    const url = new URL(text)
    url.port = String(proxy.port)
    return url.href
  }
  return { DATABASE_URL: moved(appUrl), RELAY_DATABASE_URL: moved(relayUrl) }
}
