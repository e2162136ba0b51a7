import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ground, RunningService } from '@praxisbus/testing'
import { onceEach } from '../outage/delivered.ts'
import { keepAsking } from '../outage/load.ts'
import { openRegistry, setUpPractice } from '../outage/patients.ts'
import { freeze } from '../outage/processes.ts'
import { type Site, withOwnGround, withSite } from '../outage/site.ts'
import type { Scenario, Trial } from '../scenario.ts'

/** What a service gives itself (process.ts); an orchestrator waits for longer. */
const GRACE_MS = 15_000
/** Until facts wait, readers have failed and begun anew, or requests hang. */
const AWAY_MS = { short: 1_000, long: 8_000 }
/** Each that finds nobody there is to be sent again later; that is most of the time this takes. */
const PAUSE_MS = 100

type Servers = Required<Ground>
type Trouble = 'Kafka killed' | 'Kafka frozen' | 'PostgreSQL killed' | 'PostgreSQL frozen' | 'Redis frozen'
const TROUBLES: readonly Trouble[] = [
  'Kafka killed',
  'Kafka frozen',
  'PostgreSQL killed',
  'PostgreSQL frozen',
  'Redis frozen',
]

export default {
  name: 'stop-away',
  about:
    'Services get SIGTERM under load while Kafka, PostgreSQL or Redis is killed or frozen: each stops in order within 15 s with exit code 0, and nothing is lost.',
  run: (trial) => withOwnGround((ground) => withSite(ground, (site) => play(trial, site, ground))),
} satisfies Scenario

async function play({ form, random, say }: Trial, site: Site, ground: Servers): Promise<string[]> {
  const services = await Promise.all([site.start('scheduler'), site.start('ehr')])
  const desk = await site.api(services[0]!)
  await setUpPractice(desk)
  const registry = openRegistry(desk)
  const checked: string[] = []
  for (let round = 0; round < (form === 'long' ? 3 : 1); round++) {
    for (const trouble of random.shuffled(TROUBLES)) {
      const load = keepAsking(4, PAUSE_MS, registry.register)
      await sleep(AWAY_MS.short)
      say(trouble)
      const undo = await begin(trouble, ground)
      const stopped = await sleep(AWAY_MS[form])
        .then(() => Promise.all(services.map(stop)))
        .finally(() => Promise.all([load.stop(), undo()]))
      await Promise.all(services.map((service) => service.restart()))
      const again = await registry.settle()
      const told = `${stopped.join(', ')}; ${again} requests sent again under their keys`
      say(told)
      checked.push(`${trouble}: ${told}`)
    }
  }
  return [...checked, await onceEach(site, registry.acknowledged)]
}

/** Returns how to undo it. */
async function begin(trouble: Trouble, { kafkaServer, postgresServer, redisServer }: Servers) {
  if (trouble === 'Redis frozen') return freeze(redisServer.pid)
  const server = trouble.startsWith('Kafka') ? kafkaServer : postgresServer
  if (trouble.endsWith('frozen')) return freeze(server.pid)
  await server.kill9()
  return server.restart
}

async function stop({ name, pid, exited }: RunningService): Promise<string> {
  const began = performance.now()
  process.kill(pid, 'SIGTERM')
  const exit = await exited
  const ms = performance.now() - began
  assert.deepEqual(exit, { code: 0, signal: null }, `${name} ended after ${ms.toFixed(0)} ms`)
  assert.ok(ms < GRACE_MS, `${name} took ${ms.toFixed(0)} ms to stop`)
  return `${name} stopped within ${ms.toFixed(0)} ms`
}
