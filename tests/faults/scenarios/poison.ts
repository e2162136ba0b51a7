import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@praxisbus/runtime'
import { waitFor } from '@praxisbus/testing'
import { type Probe, startProbe } from '../poison/probe.ts'
import { fine, openWard, parked, plantPoison, startKilling, type Ward } from '../poison/ward.ts'
import { rowsOf } from '../rows.ts'
import type { Scenario, Trial } from '../scenario.ts'
import { wholeTopics } from '../whole-topic.ts'

const PATIENTS = 24
/** The figure for keys beside a poisoned one. */
const OTHERS_WITHIN_MS = 2_000
const PATIENCE_MS = 90_000
const LAST_LINES = 40
/** Readers look for requests to retry every half second. */
const RETRIED_WITHIN_MS = 2_000

const scenario: Scenario = {
  name: 'poison',
  about:
    'Messages that are garbage, that make the reader throw, and that kill it: each parks its key, other keys go on, and a retry after the cure converges.',
  run: async (trial) => {
    const ward = await openWard()
    let probe: Probe | undefined
    try {
      await plantPoison(ward)
      const { garbled, throwing, killing, neighbours } = await register(ward, trial)
      probe = await startProbe(ward, neighbours)
      const checked = [
        ...(await attackByRefusals(ward, trial, probe, { garbled, throwing })),
        ...(await attackByDeaths(ward, trial, probe, killing)),
      ]
      await probe.stop()
      return [...checked, await converged(ward)]
    } catch (error) {
      trial.say(`parked: ${JSON.stringify(await parked(ward, 'list'))}`)
      trial.say(await ward.site.lastWords(LAST_LINES))
      throw error
    } finally {
      await probe?.stop().catch(() => undefined)
      await ward.close()
    }
  },
}
export default scenario

interface Victims {
  readonly garbled: string
  readonly throwing: string
  readonly killing: string
  /** One on each of their partitions. */
  readonly neighbours: readonly string[]
}

/** Registers patients, waits until the EHR has them, and chooses the victims by their places in the topic. */
async function register(ward: Ward, { random }: Trial): Promise<Victims> {
  await fine(
    ward.desk.put('/v1/practice', {
      name: 'Poisoned Practice',
      timeZone: 'America/Chicago',
      products: { scheduler: true, ehr: true, billing: false, imaging: false },
    }),
  )
  for (let number = 0; number < PATIENTS; number++)
    await fine(ward.desk.post('/v1/patients', { name: `Patient ${number}` }))
  await waitFor(
    async () =>
      (await rowsOf(ward.databases.ehr.adminUrl, 'select from patient_replica')).length === PATIENTS,
    PATIENCE_MS,
    'the EHR to know the patients',
  )
  const messages = await wholeTopics(ward.site.brokers, [ward.topic])
  const places = random.shuffled([...new Map(messages.map(({ key, partition }) => [key, partition]))])
  const victims = places.slice(0, 3)
  const neighbours = victims.map(
    ([, partition]) => places.slice(3).find(([, other]) => other === partition)?.[0],
  )
  const [garbled, throwing, killing] = victims.map(([key]) => key)
  return {
    garbled: garbled!,
    throwing: throwing!,
    killing: killing!,
    neighbours: [...new Set(neighbours.filter((key) => key !== undefined))],
  }
}

async function change({ desk }: Ward, patientId: string, times: number): Promise<void> {
  for (let time = 0; time < times; time++) {
    const { body } = await fine(desk.get(`/v1/patients/${patientId}`))
    await fine(desk.put(`/v1/patients/${patientId}`, { name: `Change ${time}` }, { ifMatch: body.version }))
  }
}

const poison = (ward: Ward, patientId: string, kind: 'throws' | 'kills') =>
  rowsOf(ward.databases.ehr.adminUrl, 'insert into poison values ($1, $2)', [patientId, kind])
const cure = (ward: Ward, patientId: string) =>
  rowsOf(ward.databases.ehr.adminUrl, 'delete from poison where id = $1', [patientId])

async function parkedOf(ward: Ward, key: string): Promise<{ id: number; error: string }[]> {
  const all = (await parked(ward, 'list')) as { id: number; key: string; error: string }[]
  return all.filter((each) => each.key === key)
}

/** Waited for in the table: asking the command line four times a second would take a core from those that are watched. */
async function untilParked(ward: Ward, key: string, count: number): Promise<void> {
  const found = () => rowsOf(ward.databases.ehr.adminUrl, 'select from parked where key = $1', [key])
  const what = `${count} parked messages of a key`
  await waitFor(async () => (await found()).length === count, PATIENCE_MS, what, 100)
  assert.equal((await parkedOf(ward, key)).length, count, 'the command line lists what is parked')
}

const untilGone = (ward: Ward, key: string) => untilParked(ward, key, 0)

async function attackByRefusals(
  ward: Ward,
  { say }: Trial,
  probe: Probe,
  { garbled, throwing }: { garbled: string; throwing: string },
): Promise<string[]> {
  probe.slowestMs()
  await ward.publish({ key: garbled, body: GARBAGE, headers: attributes(ward.site.practiceId) })
  for (const key of FOREIGN_KEYS) await ward.publish({ key, body: GARBAGE, headers: { 'x-zero': 'a\0b' } })
  await change(ward, garbled, 2)
  await poison(ward, throwing, 'throws')
  await change(ward, throwing, 3)
  say('one key got garbage and two changes, another three changes that the EHR cannot digest')
  await Promise.all([untilParked(ward, garbled, 3), untilParked(ward, throwing, 3)])
  const otherKeysMs = probe.slowestMs()
  assert.ok(otherKeysMs < OTHERS_WITHIN_MS, `other keys of these partitions waited ${otherKeysMs} ms`)

  await parked(ward, 'retry', '--key', throwing)
  await ward.readers[0]!.kill9()
  await ward.readers[0]!.restart()
  await ward.readers[1]!.restart()
  say('retried before the cure; one reader killed, the other restarted; each key changed again')
  await Promise.all([change(ward, garbled, 1), change(ward, throwing, 1)])
  await Promise.all([untilParked(ward, garbled, 4), untilParked(ward, throwing, 4)])
  const errors = (await parkedOf(ward, throwing)).map(({ error }) => /waits behind/.test(error))
  assert.deepEqual(errors, [false, true, true, true], 'the first is at fault, the others wait in order')

  await cure(ward, throwing)
  await parked(ward, 'retry', '--key', throwing)
  const malformed = await waitFor(
    async () => {
      const all = (await parked(ward, 'list')) as { id: number; error: string }[]
      const found = all.filter(({ error }) => /the body is not JSON|ce_practiceid is missing/.test(error))
      return found.length === 1 + FOREIGN_KEYS.length && found
    },
    PATIENCE_MS,
    'all garbage to be parked',
    500,
  )
  for (const { id } of malformed)
    assert.deepEqual(await parked(ward, 'drop', '--id', String(id)), { dropped: 1 })
  await parked(ward, 'retry', '--key', garbled)
  await Promise.all([untilGone(ward, throwing), untilGone(ward, garbled)])
  say('cured and retried; the garbage dropped and those behind it retried')
  return [
    `garbage and refused records park their keys; other keys of the same partitions took ${otherKeysMs} ms at most`,
    'a retry before the cure and a restart in the middle keep them in their order; after the cure they go through',
  ]
}

/** No JSON, no text, and a zero byte, which PostgreSQL keeps in no text. */
const GARBAGE = Buffer.from([0x7b, 0x00, 0xff, 0xfe, 0x22, 0x0a])

/** What an index of PostgreSQL takes in no case, and what no text of it holds. */
const FOREIGN_KEYS = [
  Buffer.from(Array.from({ length: 5_000 }, (_, at) => (at * 7919) % 128)),
  Buffer.from([0, 255]),
]

const attributes = (practiceId: string) => ({
  ce_id: newId(),
  ce_type: 'praxisbus.patient.changed.v1',
  ce_subject: practiceId,
  ce_time: '2026-01-01T00:00:00Z',
  ce_practiceid: practiceId,
  ce_sequence: '1',
})

async function attackByDeaths(
  ward: Ward,
  { say }: Trial,
  probe: Probe,
  patientId: string,
): Promise<string[]> {
  // What came while no reader was there is one batch, with the deadly message in its midst.
  await Promise.all(ward.readers.map((reader) => reader.stop()))
  await poison(ward, patientId, 'kills')
  await change(ward, patientId, 2)
  const killing = startKilling(ward)
  const begun = performance.now()
  let seconds: number
  let deaths: number
  let stoodStillMs: number
  try {
    await Promise.all(ward.readers.map((reader) => reader.restart()))
    await untilParked(ward, patientId, 2)
    deaths = killing.deaths()
    seconds = Math.round((performance.now() - begun) / 1000)
    stoodStillMs = probe.slowestMs()
    say(`a message killed ${deaths} processes before it was parked, after ${seconds} s`)
    await parked(ward, 'retry', '--key', patientId)
    await waitFor(() => killing.deaths() > deaths, PATIENCE_MS, 'the retry to kill a process')
    await killing.allThere()
    await sleep(RETRIED_WITHIN_MS)
    assert.equal(killing.deaths(), deaths + 1, 'one request is one attempt')
    assert.equal((await parkedOf(ward, patientId)).length, 2)
    say('retried before the cure: it killed one process more, and no other after that')
  } finally {
    await killing.stop()
  }
  await cure(ward, patientId)
  await parked(ward, 'retry', '--key', patientId)
  await untilGone(ward, patientId)
  return [
    `a message that kills its reader is parked after ${deaths} deaths, ${seconds} s; its partition stood still for ${stoodStillMs} ms at most`,
  ]
}

/** As without any fault: the same copies, each fact with its effect once, nothing left over. */
async function converged(ward: Ward): Promise<string> {
  const { scheduler, ehr } = ward.databases
  const state = 'select id, version::int, name from'
  const owned = await rowsOf(scheduler.adminUrl, `${state} patient order by id`)
  const copies = () => rowsOf(ehr.adminUrl, `${state} patient_replica order by id`)
  await waitFor(
    async () => JSON.stringify(await copies()) === JSON.stringify(owned),
    PATIENCE_MS,
    'the copies to be as the scheduler has them',
  )
  const facts = await rowsOf<{ id: string }>(
    scheduler.adminUrl,
    'select event_id as id from outbox order by 1',
  )
  const effects = () =>
    rowsOf<{ id: string }>(
      ehr.adminUrl,
      `select record_id::uuid as id from audit where action like 'react %' order by 1`,
    )
  await waitFor(async () => (await effects()).length >= facts.length, PATIENCE_MS, 'every effect')
  assert.deepEqual(await effects(), facts, 'each fact has its effect once')
  const left = 'select from parked union all select from delivery_attempt'
  assert.deepEqual(await rowsOf(ehr.adminUrl, left), [], 'nothing is parked or under way')
  return `${owned.length} copies as the scheduler has them, ${facts.length} facts with one effect each, nothing parked`
}
