import type { Bench, Comparison } from './comparison.ts'
import {
  type Carrier,
  debezium,
  FLOOR,
  type LatencyFigures,
  measureLatency,
  OURS_ELSEWHERE,
  OURS_HERE,
  otherOutbox,
} from './relay/latency.ts'
import { faultsOf } from './relay/watch.ts'

const PER_SECOND = 200
const SWEEP = { perSecond: PER_SECOND, warmUpSeconds: 2, seconds: 6 }
const ROUND = { perSecond: PER_SECOND, warmUpSeconds: 3, seconds: 20 }
const ROUNDS = 3
const POLLS_MS = [1, 5, 10, 500]
const OTHER = 'pg-transactional-outbox 0.5.7'
const debeziumAt = (pollMs: number) => `Debezium 3.3.1, poll.interval.ms ${pollMs}`

/** Outbox to consumer. Each round takes all of them in turn, so each ratio is of two that were measured side by side. */
const bench: Bench = {
  name: 'relay-latency',
  about: `From the start of the writing transaction to a bare kafkajs consumer, at ${PER_SECOND} events a second that arrive
independently of each other (Poisson), 200 keys, bodies of 1 KB. Of ours and of the floor all came, once, each key in order; of a peer it is said where not.`,
  run: async (say) => {
    const measure = async (what: string, carrier: Carrier, load = ROUND) => {
      const figures = await measureLatency(carrier, load)
      say(`${what}: ${describe(figures)}`)
      return figures
    }
    const once = async (peer: string, carrier: Carrier): Promise<Once> => ({
      peer,
      ours: await measure('ours, in a process of its own', OURS_ELSEWHERE, SWEEP),
      theirs: await measure(peer, carrier, SWEEP),
    })
    const swept: (Once & { pollMs: number })[] = []
    for (const pollMs of POLLS_MS)
      swept.push({ pollMs, ...(await once(debeziumAt(pollMs), debezium(pollMs))) })
    const best = swept.reduce((one, other) => (other.theirs.p50Ms < one.theirs.p50Ms ? other : one)).pollMs
    const others = [
      await once(`${OTHER}, replication`, otherOutbox({ listener: 'replication' })),
      await once(`${OTHER}, polling every 5 ms`, otherOutbox({ listener: 'polling', pollMs: 5 })),
    ]
    const rounds: Round[] = []
    for (let round = 1; round <= ROUNDS; round++) {
      say(`round ${round} of ${ROUNDS}`)
      rounds.push({
        floor: await measure('the floor', FLOOR),
        here: await measure('ours, in the process that writes', OURS_HERE),
        elsewhere: await measure('ours, in a process of its own', OURS_ELSEWHERE),
        debezium: await measure(debeziumAt(best), debezium(best)),
      })
    }
    return [
      ...againstFloor(rounds),
      ...againstDebezium(rounds, best),
      ...[...swept, ...others].flatMap(shown),
    ]
  },
}
export default bench

/** One pair, not three. */
interface Once {
  readonly peer: string
  readonly ours: LatencyFigures
  readonly theirs: LatencyFigures
}

type Round = Record<'floor' | 'here' | 'elsewhere' | 'debezium', LatencyFigures>

const describe = ({
  p50Ms,
  p99Ms,
  eventsPerCpuSecond,
  postgresCpuMicrosPerEvent,
  delivery,
}: LatencyFigures) =>
  [
    `p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`,
    eventsPerCpuSecond ? `${eventsPerCpuSecond.toFixed(0)} events per CPU-second` : '',
    postgresCpuMicrosPerEvent ? `PostgreSQL ${postgresCpuMicrosPerEvent.toFixed(0)} µs per event` : '',
    faultsOf(delivery),
  ]
    .filter(Boolean)
    .join(', ')

function againstFloor(rounds: readonly Round[]): Comparison[] {
  const peer = 'floor: bare commit, then bare kafkajs'
  return (['here', 'elsewhere'] as const).flatMap((where) => {
    const name = where === 'here' ? 'relay in the process that writes' : 'relay in another process'
    const compare = (figure: 'p50Ms' | 'p99Ms', value: number): Comparison => ({
      what: `${figure.slice(0, 3)}, ${name}`,
      peer,
      unit: 'ms',
      ours: rounds.map((round) => round[where][figure]),
      theirs: rounds.map(({ floor }) => floor[figure]),
      aim: { ratio: 'at most', value },
    })
    return [compare('p50Ms', 1.3), compare('p99Ms', 3)]
  })
}

function againstDebezium(rounds: readonly Round[], pollMs: number): Comparison[] {
  const peer = debeziumAt(pollMs)
  const latency = (where: 'here' | 'elsewhere', figure: 'p50Ms' | 'p99Ms'): Comparison => ({
    what: `${figure.slice(0, 3)}, relay in ${where === 'here' ? 'the process that writes' : 'another process'}`,
    peer,
    unit: 'ms',
    ours: rounds.map((round) => round[where][figure]),
    theirs: rounds.map((round) => round.debezium[figure]),
    aim: figure === 'p50Ms' ? { ratio: 'at most', value: 0.5 } : undefined,
  })
  return [
    latency('here', 'p50Ms'),
    latency('elsewhere', 'p50Ms'),
    latency('elsewhere', 'p99Ms'),
    ...cpu(
      rounds.map((round) => [round.elsewhere, round.debezium]),
      peer,
      2,
    ),
  ]
}

/** Of the relay's own process; none where the machine does not tell. */
function cpu(
  pairs: readonly (readonly [LatencyFigures, LatencyFigures])[],
  peer: string,
  value?: number,
): Comparison[] {
  if (pairs.some(([ours]) => ours.eventsPerCpuSecond === undefined)) return []
  return [
    {
      what: 'events per CPU-second of the relay',
      peer,
      unit: 'events per CPU-second',
      ours: pairs.map(([ours]) => ours.eventsPerCpuSecond!),
      theirs: pairs.map(([, theirs]) => theirs.eventsPerCpuSecond!),
      aim: value === undefined ? undefined : { ratio: 'at least', value },
    },
    {
      what: 'CPU of PostgreSQL for one event, commit included',
      peer,
      unit: 'µs of CPU',
      ours: pairs.map(([ours]) => ours.postgresCpuMicrosPerEvent ?? Number.NaN),
      theirs: pairs.map(([, theirs]) => theirs.postgresCpuMicrosPerEvent ?? Number.NaN),
    },
  ]
}

function shown({ peer, ours, theirs }: Once): Comparison[] {
  const faults = faultsOf(theirs.delivery)
  const p50: Comparison = {
    what: faults ? `p50 (theirs: ${faults})` : 'p50',
    peer,
    unit: 'ms',
    ours: [ours.p50Ms],
    theirs: [theirs.p50Ms],
  }
  return [p50, ...cpu([[ours, theirs]], peer).slice(0, 1)]
}
