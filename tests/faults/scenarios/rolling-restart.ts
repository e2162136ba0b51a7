import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { SERVICES, type ServiceName } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { type Answer, type RunningService, testGround } from '@praxisbus/testing'
import { ok, type Person, type Practice, setUpPractice } from '../../system/clinic.ts'
import { type Balancer, openBalancer } from '../outage/balancer.ts'
import { patientsDelivered } from '../outage/delivered.ts'
import { keepAsking, shown } from '../outage/load.ts'
import { patient } from '../outage/patients.ts'
import { type Site, withSite } from '../outage/site.ts'
import { rowsOf } from '../rows.ts'
import type { Scenario, Trial } from '../scenario.ts'

const REPLICAS = 2
const DELAY_MS = 1_000
/** With room for a busy machine: a member that does not say goodbye is missed for 10 s. */
const HANDED_OVER_WITHIN_MS = 9_000

export default {
  name: 'rolling-restart',
  about:
    'Two replicas of every service are stopped by SIGTERM and started again, one after another, under load over HTTP and gRPC: no request fails.',
  run: (trial) => withSite(testGround(), (site) => play(trial, site), REPLICAS),
} satisfies Scenario

async function play({ form, random, say }: Trial, site: Site): Promise<string[]> {
  const services = {} as Record<ServiceName, RunningService[]>
  await Promise.all(
    SERVICES.map(async (name) => {
      services[name] = []
      for (let index = 0; index < REPLICAS; index++)
        services[name].push(await site.start(name, { SHUTDOWN_DELAY_MS: String(DELAY_MS) }))
    }),
  )
  const balancers = {} as Record<ServiceName, Balancer>
  for (const name of SERVICES) {
    const replicas = services[name].map(async (service) => ({ service, api: await site.api(service) }))
    balancers[name] = await openBalancer(await Promise.all(replicas))
  }
  try {
    say('setting up a practice')
    const practice = await setUpPractice(
      Object.fromEntries(
        await Promise.all(SERVICES.map(async (name) => [name, await site.api(services[name][0]!)])),
      ) as Person,
    )
    const load = await startLoad(balancers, practice)
    await sleep(1_000)
    let restarts = 0
    for (let round = 0; round < (form === 'long' ? 5 : 1); round++) {
      for (const name of random.shuffled(SERVICES)) {
        for (const index of random.shuffled(services[name].keys().toArray())) {
          await restart(services[name][index]!, balancers[name], index, say)
          restarts++
        }
      }
    }
    await sleep(500)
    const told = await load.stop()
    const facts = await patientsDelivered(site)
    return [
      `${restarts} restarts, each ended with 0; ${told}`,
      `${facts} facts about patients in the topic and in the EHR, once each, in order`,
      await handedOver(site),
      await endedAtOnce(services.imaging[0]!),
    ]
  } finally {
    await Promise.all(Object.values(balancers).map((balancer) => balancer.stop()))
  }
}

async function restart(
  service: RunningService,
  balancer: Balancer,
  index: number,
  say: (line: string) => void,
): Promise<void> {
  const began = performance.now()
  const { exited } = service
  process.kill(service.pid, 'SIGTERM')
  await balancer.seen(index, false)
  const seenMs = performance.now() - began
  const exit = await exited
  const ms = performance.now() - began
  assert.deepEqual(exit, { code: 0, signal: null }, `${service.name} ended`)
  assert.ok(ms >= DELAY_MS, `gone after ${ms} ms`)
  await service.restart()
  await balancer.seen(index, true)
  say(
    `${service.name} ${index + 1}: seen not ready after ${seenMs.toFixed(0)} ms, gone after ${ms.toFixed(0)} ms, back after ${(performance.now() - began).toFixed(0)} ms`,
  )
}

/** Reads and writes at every service, and questions that the scheduler asks billing and the EHR over gRPC. */
async function startLoad(balancers: Record<ServiceName, Balancer>, practice: Practice) {
  const { scheduler, ehr, billing, imaging } = balancers
  const registered = await ok(scheduler.ask((api) => api.post('/v1/patients', patient('First'))))
  const schedule = () => {
    const day = Temporal.Now.plainDateISO('America/Chicago').subtract({ days: 1 })
    return scheduler.ask((api) =>
      api.post('/v1/appointments', {
        patientId: registered.patientId,
        practitionerId: practice.practitionerId,
        locationId: practice.locationId,
        services: [{ serviceId: practice.serviceId, units: 1 }],
        start: `${day}T09:07`,
        end: `${day}T09:52`,
      }),
    )
  }
  const { appointmentId } = await ok(schedule())
  const kinds: Record<string, (round: number) => Promise<Answer>> = {
    'register patients': (round) => scheduler.ask((api) => api.post('/v1/patients', patient(`P ${round}`))),
    'ask billing for a preview': () =>
      scheduler.ask((api) => api.get(`/v1/appointments/${appointmentId}/completion`)),
    'delete visits that billing and the EHR are asked about': async () => {
      const visit = await schedule()
      if (visit.status !== 201) return visit
      return scheduler.ask((api) =>
        api.delete(`/v1/appointments/${visit.body.appointmentId}`, { ifMatch: visit.body.version }),
      )
    },
    'make templates': (round) =>
      ehr.ask((api) =>
        api.post('/v1/templates', {
          name: `T ${round} ${newId()}`,
          plugins: ['narrative'],
          signerRoles: ['Therapist'],
        }),
      ),
    'read encounters': () => ehr.ask((api) => api.get('/v1/unsigned-encounters')),
    'add payers': (round) => billing.ask((api) => api.post('/v1/payers', { name: `Payer ${round}` })),
    'read the ledger': () => billing.ask((api) => api.get('/v1/ledger/summary')),
    'list scan batches': () => imaging.ask((api) => api.get('/v1/scan-batches')),
  }
  const loads = Object.entries(kinds).map(([kind, ask]) => ({ kind, load: keepAsking(1, 40, ask) }))
  return {
    stop: async () => {
      const all = await Promise.all(
        loads.map(async ({ kind, load }) => {
          const asked = await load.stop()
          const failed = asked.filter(({ status }) => status < 200 || status >= 300)
          const [first] = failed
          assert.equal(
            failed.length,
            0,
            `${failed.length} of ${asked.length} failed (${kind}): ${first?.status} ${first?.error?.cause ?? first?.error ?? JSON.stringify(first?.answer?.body)}`,
          )
          return asked
        }),
      )
      return `no failed request; ${shown(all.flat())}`
    },
  }
}

/** How long a fact waited at the most: for a relay to lead, and for a member of the group to take it. */
async function handedOver(site: Site): Promise<string> {
  const sent = await rowsOf<{ event_id: string; recorded: number; published: number }>(
    (await site.database('scheduler')).adminUrl,
    `select event_id, (extract(epoch from recorded_at) * 1000)::float8 as recorded,
            (extract(epoch from published_at) * 1000)::float8 as published
       from outbox where topic = 'patient.changed'`,
  )
  const taken = await rowsOf<{ record_id: string; at: number }>(
    (await site.database('ehr')).adminUrl,
    `select record_id, (extract(epoch from at) * 1000)::float8 as at from audit where action = 'react patient.changed'`,
  )
  const takenAt = new Map(taken.map(({ record_id, at }) => [record_id, at]))
  const relayMs = Math.max(...sent.map(({ recorded, published }) => published - recorded))
  const effectMs = Math.max(...sent.map(({ event_id, recorded }) => takenAt.get(event_id)! - recorded))
  assert.ok(relayMs < HANDED_OVER_WITHIN_MS, `a fact waited ${relayMs.toFixed(0)} ms for a relay`)
  assert.ok(effectMs < HANDED_OVER_WITHIN_MS, `a fact took ${effectMs.toFixed(0)} ms to the EHR`)
  return `a fact waited ${relayMs.toFixed(0)} ms for a relay at the longest, and took ${effectMs.toFixed(0)} ms to its effect in the EHR`
}

async function endedAtOnce(service: RunningService): Promise<string> {
  const { exited } = service
  process.kill(service.pid, 'SIGTERM')
  await sleep(100)
  const began = performance.now()
  process.kill(service.pid, 'SIGTERM')
  const { code } = await exited
  const ms = performance.now() - began
  assert.equal(code, 1)
  assert.ok(ms < DELAY_MS - 100, `ended ${ms} ms after the second SIGTERM`)
  return `a second SIGTERM ends a process within ${ms.toFixed(0)} ms`
}
