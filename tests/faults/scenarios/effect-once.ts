import assert from 'node:assert/strict'
import { SERVICES, type ServiceName } from '@praxisbus/contracts'
import { issuer, testGround, waitFor } from '@praxisbus/testing'
import { reactions as billing } from '../../../services/billing/src/reactions.ts'
import { reactions as ehr } from '../../../services/ehr/src/reactions.ts'
import { reactions as imaging } from '../../../services/imaging/src/reactions.ts'
import { reactions as scheduler } from '../../../services/scheduler/src/reactions.ts'
import { openClinic, setUpPractice } from '../../system/clinic.ts'
import { deliver, type Seed } from '../effect-once/deliver.ts'
import { playFlow } from '../effect-once/flow.ts'
import { shuffled } from '../effect-once/shuffle.ts'
import { rowsOf } from '../rows.ts'
import type { Scenario, Trial } from '../scenario.ts'
import { type RawMessage, wholeTopics } from '../whole-topic.ts'

const FORMS = { short: { visits: 6, shuffles: 1 }, long: { visits: 12, shuffles: 5 } }

const READS: Record<ServiceName, readonly string[]> = {
  scheduler: topicsOf(scheduler),
  ehr: topicsOf(ehr),
  billing: topicsOf(billing({ mailFrom: 'billing@practice.example' })),
  imaging: topicsOf(imaging),
}

function topicsOf(reactions: readonly { readonly contract: { readonly topic: string } }[]): string[] {
  return reactions.map(({ contract }) => contract.topic)
}

const scenario: Scenario = {
  name: 'effect-once',
  about:
    'Every fact of some visits comes 1 to 5 times, shuffled across topics and partitions: each service ends with the same tables as when each came once.',
  run: async (trial) => {
    const { visits, shuffles } = FORMS[trial.form]
    const facts = await record(visits, trial)
    const signIn = await issuer()
    try {
      const of = (service: ServiceName) => facts.filter(({ topic }) => READS[service].includes(topic))
      const seed = { billing: seedBilling(facts) } as Partial<Record<ServiceName, Seed>>
      const run = (service: ServiceName, random: Trial['random'] | undefined) =>
        deliver(
          service,
          random ? shuffled(of(service), random) : of(service).map((message) => ({ message, repeat: false })),
          { signIn, seed: seed[service], random: trial.random },
        )
      const plain = await allEnded(SERVICES.map((service) => run(service, undefined)))
      trial.say('delivered once, in order')
      for (let time = 1; time <= shuffles; time++) {
        const tables = await allEnded(SERVICES.map((service) => run(service, trial.random)))
        trial.say(`delivered 1 to 5 times, shuffled (${time})`)
        for (const [index, service] of SERVICES.entries()) {
          assert.deepEqual(tables[index]!.parked, [], `${service} could not take some of it`)
          assert.deepEqual(tables[index], plain[index], `the tables of ${service}, shuffled and plain`)
        }
      }
      return SERVICES.map((service, index) => {
        const rows = Object.values(plain[index]!).reduce((sum, table) => sum + table.length, 0)
        return `${service}: ${of(service).length} facts, ${rows} rows in ${Object.keys(plain[index]!).length} tables the same over ${shuffles} shuffles`
      })
    } finally {
      await signIn.stop()
    }
  },
}
export default scenario

/** Where one fails, the others have stopped what they started before it is told. */
async function allEnded<T>(runs: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(runs)
  return Promise.all(runs)
}

/** Plays visits through all four services, and returns every fact that a service reads, in the order of their times. */
async function record(visits: number, { say }: Trial): Promise<RawMessage[]> {
  const clinic = await openClinic()
  try {
    const practice = await setUpPractice(await clinic.person('owner', 'owner'))
    await playFlow(clinic, practice, visits)
    const topics = [...new Set(Object.values(READS).flat())]
    const read = () =>
      wholeTopics(
        testGround().kafka.brokers,
        topics.map((topic) => clinic.topicPrefix + topic),
      )
    let facts: RawMessage[] = []
    // Facts about facts are still on their way when the last request was answered.
    await waitFor(
      async () => {
        const before = facts.length
        facts = await read()
        return (
          facts.length === before && topics.every((topic) => facts.some((each) => each.topic.endsWith(topic)))
        )
      },
      60_000,
      'every topic to have its facts',
      1_000,
    )
    say(`${facts.length} facts of ${visits} visits on ${topics.length} topics recorded`)
    return facts
      .map((fact) => ({ ...fact, topic: fact.topic.slice(clinic.topicPrefix.length) }))
      .sort((a, b) => (a.headers.ce_time! < b.headers.ce_time! ? -1 : 1))
  } finally {
    await clinic.close()
  }
}

/** The catalogue, which billing's own people keep and its reactions ask. */
function seedBilling(facts: readonly RawMessage[]): Seed {
  const records = (topic: string) =>
    facts
      .filter((fact) => fact.topic === topic)
      .map(({ body, headers }) => ({ ...JSON.parse(body), practiceId: headers.ce_practiceid }))
  return async (adminUrl) => {
    for (const each of records('service.changed'))
      await rowsOf(
        adminUrl,
        `insert into service (practice_id, id, code, description, amount_cents, length_minutes, default_modifiers, active)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (practice_id, id) do nothing`,
        [
          each.practiceId,
          each.serviceId,
          each.code,
          each.description,
          each.amountCents,
          each.lengthMinutes,
          each.defaultModifiers,
          each.active,
        ],
      )
    for (const each of records('rendering-provider.changed'))
      await rowsOf(
        adminUrl,
        `insert into rendering_provider (practice_id, id, practitioner_id, name, npi)
         values ($1, $2, $3, $4, $5) on conflict (practice_id, id) do nothing`,
        [each.practiceId, each.renderingProviderId, each.practitionerId, each.name, each.npi],
      )
  }
}
