import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type KafkaServer, startKafka, testFolder, testGround, waitFor } from '@praxisbus/testing'
import { patientsDelivered, unsent } from '../outage/delivered.ts'
import { startEditing } from '../outage/editing.ts'
import { shown } from '../outage/load.ts'
import { readiness, setUpPractice } from '../outage/patients.ts'
import { type Site, withSite } from '../outage/site.ts'
import type { Scenario, Trial } from '../scenario.ts'

/** Beyond this no file of the process grows. Kafka's own index files are larger from the start. */
const LIMIT_BYTES = 4_096

export default {
  name: 'full-disk',
  about:
    'No file of Kafka can grow any more, as on a full disk (a file-size limit of the process, which needs no rights): commands go on, and all arrives when there is room again.',
  run: async (trial) => {
    if (process.platform !== 'linux')
      return ['not checked: the limit of a running process can be set on Linux alone']
    const folder = await testFolder('full-disk')
    const kafka = await startKafka({
      dataDir: join(folder, 'data'),
      logFile: join(folder, 'kafka.log'),
      durable: false,
    })
    try {
      const ground = { ...testGround(), kafka: { brokers: kafka.brokers } }
      return await withSite(ground, (site) => play(trial, site, kafka))
    } finally {
      await kafka.stop()
    }
  },
} satisfies Scenario

async function play({ form, say }: Trial, site: Site, kafka: KafkaServer): Promise<string[]> {
  const [scheduler] = await Promise.all([site.start('scheduler'), site.start('ehr')])
  const desk = await site.api(scheduler)
  await setUpPractice(desk)
  const editing = await startEditing(desk, { workers: 4, patients: 4, pauseMs: 25 })
  const checked: string[] = []
  for (let round = 0; round < (form === 'long' ? 3 : 1); round++) {
    await sleep(1_500)
    const from = performance.now()
    await promisify(execFile)('prlimit', [
      '--pid',
      String(kafka.pid),
      `--fsize=${LIMIT_BYTES}:${LIMIT_BYTES}`,
    ])
    say('the disk is full')
    const missed = async () => (await readiness(scheduler)).degraded.includes('kafka')
    await waitFor(missed, 30_000, 'the scheduler to miss Kafka')
    const toldMs = performance.now() - from
    await sleep(form === 'long' ? 20_000 : 2_000)
    const waiting = await unsent(site)
    assert.ok(waiting > 0, 'events wait')
    assert.equal((await readiness(scheduler)).status, 200)
    say(
      `degraded after ${toldMs.toFixed(0)} ms; ${waiting} events wait; there is room again, and Kafka is started`,
    )
    await kafka.restart()
    const back = performance.now()
    await waitFor(async () => (await unsent(site)) < 20, 60_000, 'the backlog to drain', 100)
    checked.push(
      `${waiting} events waited, and had left ${(performance.now() - back).toFixed(0)} ms after Kafka's start`,
    )
  }
  const all = await editing.stop()
  assert.deepEqual(
    all.filter(({ status }) => status !== 200).map(({ status }) => status),
    [],
    'every command was done',
  )
  await waitFor(async () => (await unsent(site)) === 0, 60_000, 'the outbox to be empty', 100)
  const facts = await patientsDelivered(site)
  return [...checked, shown(all), `${facts} facts in the topic and in the EHR, once each, in order`]
}
