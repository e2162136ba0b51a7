import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { PatientChanged } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { toCloudEvent } from '@praxisbus/runtime/bus/cloud-event.ts'
import { openBus } from '@praxisbus/runtime/bus/kafka.ts'
import { openLog } from '@praxisbus/runtime/log.ts'
import { type Answer, type Api, type RunningService, testGround, waitFor } from '@praxisbus/testing'
import { timed } from '../outage/load.ts'
import { type Site, withSite } from '../outage/site.ts'
import { rowsOf } from '../rows.ts'
import type { Random, Scenario, Trial } from '../scenario.ts'
import { wholeTopics } from '../whole-topic.ts'

const KEYS = 200
const AT_ONCE = 20
/** Requests under way at any moment: more than both replicas have connections to their database. */
const KEYS_AT_ONCE = 8

export default {
  name: 'same-key',
  about:
    '200 receipts, each sent 20 times at once to two replicas while one is killed: one effect and one answer per key, and another body is refused.',
  run: (trial) => withSite(testGround(), (site) => play(trial, site), 2),
} satisfies Scenario

async function play({ form, random, say }: Trial, site: Site): Promise<string[]> {
  const replicas = [await site.start('billing'), await site.start('billing')]
  const desks = await Promise.all(replicas.map((replica) => site.api(replica)))
  const patientId = await knownPatient(site, desks[0]!)
  const receipts = Array.from({ length: KEYS }, (_, index) => ({
    key: newId(),
    body: { patientId, amountCents: 100 + index, method: 'cash', reference: `R-${index}` },
  }))
  const killed = form === 'long' ? killing(replicas, random, say) : undefined
  say(`${KEYS} keys, ${AT_ONCE} requests each`)
  const began = performance.now()
  const left = [...receipts]
  const answers = new Map<string, Answer[]>()
  const worker = async () => {
    for (let next = left.pop(); next; next = left.pop()) {
      const { key, body } = next
      answers.set(
        key,
        await Promise.all(
          Array.from({ length: AT_ONCE }, (_, index) =>
            untilTold(desks, index, key, body, killed !== undefined),
          ),
        ),
      )
    }
  }
  await Promise.all(Array.from({ length: KEYS_AT_ONCE }, worker))
  const ms = performance.now() - began
  const kills = (await killed?.stop()) ?? 0
  for (const { key } of receipts) oneAnswer(answers.get(key)!)
  const ids = new Set(receipts.map(({ key }) => answers.get(key)![0]!.body.receiptId))
  assert.equal(ids.size, KEYS)
  await otherBodyRefused(desks, receipts)
  const cents = receipts.reduce((sum, { body }) => sum + body.amountCents, 0)
  await oneEffect(site, desks[0]!, ids, cents)
  return [
    `${KEYS * AT_ONCE} requests in ${(ms / 1000).toFixed(1)} s, ${kills} kill -9 meanwhile: each key has one answer, told to all ${AT_ONCE}`,
    `${KEYS} receipts, journals and facts, ${cents} cents in escrow; another body under each key was refused (422)`,
  ]
}

/** A patient that billing knows from the bus. */
async function knownPatient(site: Site, desk: Api): Promise<string> {
  const patientId = newId()
  const data = {
    patientId,
    name: 'Ada Moran',
    birthDate: null,
    email: null,
    phone: null,
    addressLines: [],
    reminderConsents: { email: false, phone: false, text: false },
    diagnosisCodes: [],
  }
  const settings = { brokers: site.brokers.split(','), clientId: 'test', replicationFactor: 1 }
  const bus = openBus({ ...settings, topicPrefix: site.topicPrefix }, openLog('test', 'silent'))
  try {
    await bus.ensureTopics([PatientChanged])
    const from = { practiceId: site.practiceId, time: Temporal.Now.instant() }
    const event = toCloudEvent(PatientChanged, { subject: patientId, version: 1, data }, from)
    // A new topic may not be served yet where it was just said to be; billing drops a repeat.
    const sent = async () => {
      const sender = bus.sender()
      await sender.send([event]).finally(sender.close)
      return true
    }
    await waitFor(sent, 20_000, 'the patient to be told to billing', 200)
  } finally {
    await bus.close()
  }
  const body = { patientId, amountCents: 1, method: 'cash' }
  const known = async () => (await desk.post('/v1/receipts', body)).status === 201
  await waitFor(known, 20_000, 'billing to know the patient', 200)
  return patientId
}

/** As a careful client: the same key again until there is an answer. Without kills the first must be one. */
async function untilTold(
  desks: readonly Api[],
  index: number,
  idempotencyKey: string,
  body: unknown,
  kills: boolean,
): Promise<Answer> {
  for (let tries = 0; tries < 100; tries++) {
    const desk = desks[(index + tries) % desks.length]!
    const { answer, error } = await timed(() => desk.post('/v1/receipts', body, { idempotencyKey }))
    if (answer && answer.status < 500) return answer
    if (!kills) throw error ?? new Error(`${answer?.status} ${JSON.stringify(answer?.body)}`)
    await sleep(100)
  }
  throw new Error('no answer after 100 tries')
}

function oneAnswer(answers: readonly Answer[]): void {
  const [first] = answers
  for (const { status, body, headers } of answers) {
    assert.equal(status, 201)
    assert.deepEqual(body, first!.body)
    assert.equal(headers.get('etag'), first!.headers.get('etag'))
    assert.equal(headers.get('content-type'), first!.headers.get('content-type'))
  }
  const fresh = answers.filter(({ headers }) => headers.get('idempotency-replayed') === null)
  assert.ok(fresh.length <= 1, `${fresh.length} answers claim to be the first`)
}

async function otherBodyRefused(
  desks: readonly Api[],
  receipts: readonly { key: string; body: { amountCents: number } }[],
): Promise<void> {
  const asked = receipts.map(({ key, body }, index) =>
    desks[index % desks.length]!.post(
      '/v1/receipts',
      { ...body, amountCents: body.amountCents + 1 },
      { idempotencyKey: key },
    ),
  )
  for (const { status, body } of await Promise.all(asked)) {
    assert.equal(status, 422)
    assert.equal(body.type, 'urn:praxisbus:problem:idempotency_key_reused')
  }
}

/** Counted in the tables, in the ledger and in the topic. The one receipt that made the patient known comes on top. */
async function oneEffect(site: Site, desk: Api, ids: ReadonlySet<string>, cents: number): Promise<void> {
  const { adminUrl } = await site.database('billing')
  const rows = await rowsOf<{ id: string }>(adminUrl, 'select id from receipt')
  assert.deepEqual(new Set(rows.map(({ id }) => id).filter((id) => ids.has(id))), ids)
  assert.equal(rows.length, KEYS + 1)
  const [journals] = await rowsOf<{ n: number }>(adminUrl, 'select count(*)::int as n from journal')
  assert.equal(journals!.n, KEYS + 1)
  const summary = await desk.get('/v1/ledger/summary')
  assert.equal(summary.body.receivedCents, cents + 1)
  assert.equal(summary.body.escrowCents, cents + 1)
  const told = async () => {
    const messages = await wholeTopics(site.brokers, [`${site.topicPrefix}receipt.recorded`])
    return messages.length >= KEYS + 1 && messages
  }
  const messages = await waitFor(told, 30_000, 'the facts of the receipts', 500)
  assert.equal(new Set(messages.map(({ headers }) => headers.ce_id)).size, KEYS + 1)
}

function killing(replicas: readonly RunningService[], random: Random, say: (line: string) => void) {
  let over = false
  let kills = 0
  const done = (async () => {
    while (!over) {
      await sleep(300 + random.next(1_000))
      const index = random.next(replicas.length)
      say(`kill -9 of replica ${index + 1}`)
      await replicas[index]!.kill9()
      kills++
      await replicas[index]!.restart()
    }
  })()
  return {
    stop: async () => {
      over = true
      await done
      return kills
    },
  }
}
