/**
 * `npm run compose-check`: the containers as an operator meets them, on a real engine. Starts them from a clean copy of this
 * repository, plays the day, scales a service to three replicas under writers, kills one with SIGKILL, then each server, goes back
 * to one, starts all anew, and compares the topic with every command that was acknowledged; then the same of a backup brought back
 * into nothing. Touches no other installation; cleans up.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { topicReader, waitFor } from '@praxisbus/testing'
import { type Acknowledged, disagreements, type Published } from './agreement.ts'
import { documentedCommands } from './documented.ts'
import { type Installation, newInstallation } from './installation.ts'
import { killLeader, killServer, leaders } from './kill.ts'
import { startWriters } from './writers.ts'

const WRITERS = 8
const UNDER_LOAD_MS = 10_000
/** For what takes seconds: a busy host may need long. */
const PATIENCE_MS = 180_000
const SERVICE = 'scheduler'
const HTTP = 8080

const begun = performance.now()
const say = (text: string) =>
  console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${text}`)

async function check(there: Installation): Promise<string[]> {
  await there.compose('up', '--detach', '--wait')
  say('docker compose up -d --wait from a clean copy: exit 0')
  const { day } = JSON.parse(await there.node('deploy/local/day.ts', '--json'))
  say(`the day: ${day.figures.length} figures, all agree`)
  const before = await patientEvents(there)

  const replicas = await watchReplicas(there)
  const writers = startWriters(WRITERS, replicas.urls, await frontDesk(there))
  await sleep(UNDER_LOAD_MS)
  say(`${WRITERS} writers at one ${SERVICE}: ${writers.acknowledged.length} commands acknowledged`)
  await scale(there, 3)
  await waitFor(async () => (await ready(replicas.urls())).length === 3, PATIENCE_MS, 'three replicas')
  await sleep(UNDER_LOAD_MS)
  say(`scaled to three: ${writers.acknowledged.length}, calls repeated ${writers.repeated()}`)
  const killed = await killLeader(there, replicas.urls())
  await sleep(UNDER_LOAD_MS)
  await waitFor(
    async () => (await leaders(replicas.urls())).length === 1,
    PATIENCE_MS,
    'one relay to lead again',
  )
  say(
    `killed ${killed}, whose relay led: ${writers.acknowledged.length}, calls repeated ${writers.repeated()}`,
  )
  for (const server of ['postgres', 'kafka', 'redis']) {
    const ms = await killServer(there, server, PATIENCE_MS)
    say(
      `killed ${server}, back after ${(ms / 1000).toFixed(1)} s: ${writers.acknowledged.length}, calls repeated ${writers.repeated()}`,
    )
  }
  const beforeStop = writers.repeated()
  await scale(there, 1)
  await sleep(UNDER_LOAD_MS / 2)
  await writers.stop()
  say(`back to one: ${writers.acknowledged.length}, calls repeated ${writers.repeated() - beforeStop}`)
  replicas.stop()

  await there.compose('down', '--timeout', '20')
  await there.compose('up', '--detach', '--wait')
  say('down and up again')
  const faults = await agreement(there, writers.acknowledged, before)
  await dayAgain(there)
  return [...faults, ...(await restored(there, writers.acknowledged, before))]
}

async function dayAgain(there: Installation): Promise<void> {
  const { day } = JSON.parse(await there.node('deploy/local/day.ts', '--json'))
  say(`the day once more on the same data: ${day.figures.length} figures, all agree`)
}

/** The backup of the running system, by the commands that are printed for it, brought into an installation without data. */
async function restored(
  there: Installation,
  acknowledged: readonly Acknowledged[],
  before: readonly Published[],
): Promise<string[]> {
  await there.shell(documentedCommands('Backup'))
  await there.compose('down', '--volumes', '--timeout', '20')
  say('backed up; down -v')
  await there.shell(documentedCommands('Restore'))
  say('restored, up again')
  const faults = await agreement(there, acknowledged, before)
  await dayAgain(there)
  return faults
}

/** Without `--wait`, which would give up where a busy host makes any container late for its health check. */
async function scale(there: Installation, replicas: number): Promise<void> {
  await there.compose(
    'up',
    '--detach',
    '--no-deps',
    '--no-recreate',
    '--scale',
    `${SERVICE}=${replicas}`,
    SERVICE,
  )
}

async function ready(urls: readonly string[]): Promise<string[]> {
  const answers = await Promise.all(
    urls.map((url) =>
      fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).then(
        ({ ok }) => ok,
        () => false,
      ),
    ),
  )
  return urls.filter((_, index) => answers[index])
}

/** Asks Docker each second which replicas there are and on which ports. */
async function watchReplicas(there: Installation) {
  const look = async () => (await there.addresses(SERVICE, HTTP)).map((address) => `http://${address}`)
  let urls = await look()
  const timer = setInterval(() => {
    look().then(
      (found) => {
        if (found.length > 0) urls = found
      },
      () => undefined,
    )
  }, 1_000)
  return { urls: () => urls, stop: () => clearInterval(timer) }
}

async function frontDesk(there: Installation): Promise<string> {
  const [issuer] = await there.addresses('trial', 4100)
  const answer = await fetch(`http://${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from('front-desk:dev').toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  return ((await answer.json()) as { access_token: string }).access_token
}

async function patientEvents(there: Installation): Promise<Published[]> {
  const [brokers] = await there.addresses('trial', 4192)
  const reader = await topicReader({ kafka: { brokers: brokers! } }, { topics: ['patient.changed'] })
  try {
    await settled(() => reader.messages.length)
    return reader.messages.map(({ key, headers, value }) => ({
      key: key!,
      eventId: headers.ce_id!,
      version: Number(headers.ce_sequence),
      name: value.name,
    }))
  } finally {
    await reader.stop()
  }
}

/** Until nothing came for five seconds. */
async function settled(count: () => number): Promise<void> {
  let last = -1
  while (count() === 0 || count() !== last) {
    last = count()
    await sleep(5_000)
  }
}

async function agreement(
  there: Installation,
  acknowledged: readonly Acknowledged[],
  before: readonly Published[],
): Promise<string[]> {
  const published = await patientEvents(there)
  const known = new Set(before.map(({ eventId }) => eventId))
  const own = published.filter(({ eventId }) => !known.has(eventId))
  const faults = disagreements(acknowledged, own)
  const records = new Set(acknowledged.map(({ key }) => key)).size
  say(
    `${acknowledged.length} acknowledged commands on ${records} records, ${new Set(own.map(({ eventId }) => eventId)).size} events in ${own.length} messages: ${faults.length === 0 ? 'each once, in order, nothing else' : `${faults.length} faults`}`,
  )
  return faults
}

const there = await newInstallation(`praxisbus-check-${process.pid}`)
let faults: string[]
const end = () => there.remove().finally(() => process.exit(1))
process.once('SIGINT', end)
process.once('SIGTERM', end)
try {
  faults = await check(there)
} catch (error) {
  faults = [(error as Error).message]
  const logs = await there.compose('logs', '--no-color', '--tail', '4').catch(() => '')
  for (const line of logs.split('\n')) console.log(line.slice(0, 240))
} finally {
  await there.remove()
  say('removed')
}
for (const fault of faults) console.log(`✗ ${fault}`)
// After a fault writers may still be at work.
process.exit(faults.length === 0 ? 0 : 1)
