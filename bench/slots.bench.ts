import assert from 'node:assert/strict'
import pg from 'pg'
import { startChild } from './calls/child.ts'
import { latencies } from './calls/load.ts'
import { inTurn } from './calls/pairs.ts'
import { openSlotsTarget, type SlotsTarget } from './calls/slots-database.ts'
import { type Bench, type Comparison, percentile } from './comparison.ts'

const PRACTITIONERS = 50
/** Fewer only to see that the bench works: `YEARS=1 npm run bench -- slots --print`. */
const YEARS = Number(process.env.YEARS ?? 5)
const PAIRS = 9
const CALLS = 30
const PEER = 'floor: one bare SQL query for what is on these calendars then; no hours, no slots'

interface Question {
  readonly what: string
  readonly who: 'one' | 'any'
  readonly days: number
}
const QUESTIONS: readonly Question[] = [
  { what: 'one practitioner, a week', who: 'one', days: 7 },
  { what: 'any of 50, a day', who: 'any', days: 1 },
  { what: 'any of 50, a week', who: 'any', days: 7 },
  { what: 'any of 50, four weeks', who: 'any', days: 28 },
]

const bench: Bench = {
  name: 'slots',
  about: `Slots that can be booked online (S-18), over HTTP, in the calendars of ${PRACTITIONERS} practitioners with ${YEARS} years of history.`,
  async run(say) {
    say(`loading ${YEARS} years`)
    const { target, appointments, close } = await openSlotsTarget(PRACTITIONERS, YEARS)
    say(`${appointments} appointments`)
    const child = await startChild('./slots-ours.ts', target)
    const bare = new pg.Client(target.bareUrl)
    try {
      await bare.connect()
      const port = await child.ask<number>('port')
      const comparisons: Comparison[] = []
      for (const question of QUESTIONS) {
        const ours = () => ask(port, target, question)
        const theirs = () => askBare(bare, target, question)
        say(
          `${question.what}: ${await ours()} slots, ${await theirs()} appointments; ${PAIRS} pairs of ${CALLS} calls`,
        )
        comparisons.push(...(await compare(question.what, ours, theirs)))
      }
      return comparisons
    } finally {
      await bare.end()
      await child.stop()
      await close()
    }
  },
}
export default bench

async function compare(what: string, ours: () => Promise<unknown>, theirs: () => Promise<unknown>) {
  const [mine, others] = [ours, theirs].map((side) => () => latencies(CALLS, 1, side))
  const taken = await inTurn(PAIRS, mine!, others!)
  const at = (side: keyof typeof taken, percent: number) =>
    taken[side].map((sorted) => percentile(sorted, percent))
  return [50, 95].map(
    (percent): Comparison => ({
      what: `${what}, p${percent}`,
      peer: PEER,
      unit: 'ms',
      ours: at('ours', percent),
      theirs: at('theirs', percent),
    }),
  )
}

/** From two weeks ahead on. */
function daysOf({ days }: Question) {
  const from = Temporal.Now.plainDateISO('Europe/Berlin').add({ days: 14 })
  return { from, to: from.add({ days: days - 1 }) }
}

/** How many slots there are. */
async function ask(port: number, target: SlotsTarget, question: Question): Promise<number> {
  const { from, to } = daysOf(question)
  const { token, serviceId, practitionerIds } = target
  const practitionerId = question.who === 'any' ? 'any' : practitionerIds[17]
  const query = `serviceId=${serviceId}&practitionerId=${practitionerId}&from=${from}&to=${to}&limit=1000`
  const answer = await fetch(`http://127.0.0.1:${port}/v1/booking/slots?${query}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const body = await answer.text()
  assert.equal(answer.status, 200, body)
  return (JSON.parse(body) as { slots: unknown[] }).slots.length
}

/** How many appointments there are. */
async function askBare(client: pg.Client, target: SlotsTarget, question: Question): Promise<number> {
  const { from, to } = daysOf(question)
  const { practiceId, practitionerIds } = target
  const { rows } = await client.query({
    name: 'busy',
    text: `select practitioner_id, starts_at, ends_at from appointment
            where practice_id = $1 and practitioner_id = any($2::uuid[]) and starts_at >= $3 and starts_at < $4
              and status not in ('cancelled', 'declined', 'deleted') and show_as = 'busy'`,
    values: [
      practiceId,
      question.who === 'any' ? practitionerIds : [practitionerIds[17]],
      String(from),
      String(to.add({ days: 1 })),
    ],
  })
  return rows.length
}
