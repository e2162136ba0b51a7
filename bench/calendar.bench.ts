import assert from 'node:assert/strict'
import { type Database, newId, openDatabase, sql } from '@praxisbus/runtime'
import pg from 'pg'
import { overlapWarnings } from '../services/scheduler/src/overlaps.ts'
import { startChild } from './calls/child.ts'
import { latencies } from './calls/load.ts'
import { inTurn } from './calls/pairs.ts'
import { bookSeries, insertRows, rowsOfSeries } from './calls/series-booking.ts'
import { openSlotsTarget, type SlotsTarget } from './calls/slots-database.ts'
import { type Bench, type Comparison, percentile } from './comparison.ts'

const PRACTITIONERS = 50
/** Fewer only to see that the bench works: `YEARS=1 npm run bench -- calendar --print`. */
const YEARS = Number(process.env.YEARS ?? 5)
const PAIRS = 9
/** A tenth of a millisecond each: fewer would measure how Node warms up. */
const CHECKS = 2_000

/** Milliseconds of each call, in ascending order. */
type Side = () => Promise<number[]>

const bench: Bench = {
  name: 'calendar',
  about: `The calendars of ${PRACTITIONERS} practitioners with ${YEARS} years of history: the conflict check of one appointment (S-12), booking a weekly series of two years (S-13), and a month of everybody over HTTP.`,
  async run(say) {
    say(`loading ${YEARS} years`)
    const { target, appointments, close } = await openSlotsTarget(PRACTITIONERS, YEARS)
    say(`${appointments} appointments`)
    const child = await startChild('./slots-ours.ts', target)
    const database = openDatabase(target.appUrl, { max: 2 })
    const bare = new pg.Client(target.bareUrl)
    try {
      await bare.connect()
      return [
        ...(await conflicts(database, bare, target, say)),
        ...(await series(database, bare, target, say)),
        ...(await month(await child.ask<number>('port'), bare, target, say)),
      ]
    } finally {
      await Promise.all([bare.end(), database.close()])
      await child.stop()
      await close()
    }
  },
}
export default bench

type Say = (line: string) => void

/** Both in a transaction of the application, under row-level security, so that only the statements differ. */
async function conflicts(
  database: Database,
  bare: pg.Client,
  { practiceId, practitionerIds }: SlotsTarget,
  say: Say,
) {
  const { rows } = await bare.query<{ id: string; starts: string; ends: string }>(
    `select id, to_json(starts_at) as starts, to_json(ends_at) as ends from appointment
      where practitioner_id = $1 and starts_at > now() order by starts_at limit 200`,
    [practitionerIds[17]],
  )
  const inside =
    (ask: (tx: Parameters<Parameters<Database['read']>[1]>[0], index: number) => Promise<unknown>) => () =>
      database.read(practiceId, (tx) => {
        let index = 0
        return latencies(CHECKS, 1, () => ask(tx, index++ % rows.length))
      })
  const check = (later: Temporal.DurationLike, clashes: number) => {
    const shifted = (at: string) => Temporal.Instant.from(at).add(later).toString()
    const places = rows.map(({ starts, ends }) => ({ startsAt: shifted(starts), endsAt: shifted(ends) }))
    const who = { practitionerId: practitionerIds[17]!, roomId: null, showAs: 'busy' }
    return inside(async (tx, index) => {
      const met = await overlapWarnings(tx, [{ ...who, ...places[index]!, appointmentId: newId() }])
      assert.equal(met.length, clashes)
    })
  }
  const probe = inside((tx, index) =>
    tx.maybe(sql`select id, status, starts_at, ends_at from appointment where id = ${rows[index]!.id}`),
  )
  say('conflict check')
  const peer = 'one appointment by its primary key'
  return [
    ...(await compare(
      'conflict check of one appointment on a free time',
      peer,
      check({ hours: 12 }, 0),
      probe,
      1.5,
    )),
    ...(await compare('the same on a time that is taken', peer, check({ hours: 0 }, 1), probe, 1.5)),
  ]
}

async function series(database: Database, bare: pg.Client, target: SlotsTarget, say: Say) {
  const { practiceId, practitionerIds } = target
  const found = await bare.query<{ id: string }>('select id from patient')
  // Each on an evening that is free: another practitioner, and another day once all had their turn. The last one's are for the peer.
  const [theirsOnly, ...free] = [...practitionerIds].reverse() as [string, ...string[]]
  let booked = 0
  const book = (practitionerId = free[booked % free.length]!) => {
    const days = Math.floor(booked++ / free.length)
    return bookSeries(database, { practiceId, patientId: found.rows[0]!.id, practitionerId, days })
  }
  const rows = await rowsOfSeries(bare, await book(theirsOnly))
  assert.equal(rows.appointments.length, 105)
  say('booking of a series')
  const ours = () => latencies(5, 1, () => book())
  const theirs = () => latencies(5, 1, () => insertRows(bare, rows))
  const what = 'checking and booking 105 weekly appointments, one transaction'
  return compare(what, 'INSERT of its rows and their facts by a bare client', ours, theirs, 3)
}

async function month(port: number, bare: pg.Client, { practiceId, token }: SlotsTarget, say: Say) {
  const from = Temporal.Now.plainDateISO().add({ days: 10 })
  const to = from.add({ days: 29 })
  const ours = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/calendar?from=${from}&to=${to}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const body = await answer.text()
    assert.equal(answer.status, 200, body.slice(0, 500))
    return body.length
  }
  const theirs = async () => {
    const { rows } = await bare.query({
      name: 'month',
      text: `select appointment.id, series_id, kind, status, patient_id, patient.name, practitioner_id, location_id, room_id,
                    to_char(start_local, 'YYYY-MM-DD"T"HH24:MI') as start, to_char(end_local, 'YYYY-MM-DD"T"HH24:MI') as "end",
                    time_zone, to_json(starts_at) as starts_at, to_json(ends_at) as ends_at, title, show_as, appointment.version
               from appointment left join patient on patient.practice_id = appointment.practice_id and patient.id = patient_id
              where appointment.practice_id = $1 and status not in ('cancelled', 'declined', 'deleted')
                and starts_at >= $2 and starts_at < $3
              order by appointment.starts_at, appointment.id`,
      values: [practiceId, String(from), String(to.add({ days: 1 }))],
    })
    return JSON.stringify({ items: rows }).length
  }
  say(`a month: ${await ours()} and ${await theirs()} characters`)
  const what = 'a month of 50 practitioners over HTTP'
  const sides = [ours, theirs].map((side) => () => latencies(5, 1, side)) as [Side, Side]
  return compare(what, 'the bare query, and JSON.stringify', ...sides, 1.5)
}

async function compare(
  what: string,
  peer: string,
  ours: Side,
  theirs: Side,
  most: number,
): Promise<Comparison[]> {
  const taken = await inTurn(PAIRS, ours, theirs)
  const medians = (side: keyof typeof taken) => taken[side].map((sorted) => percentile(sorted, 50))
  const aim = { ratio: 'at most', value: most } as const
  return [{ what, peer, unit: 'ms', ours: medians('ours'), theirs: medians('theirs'), aim }]
}
