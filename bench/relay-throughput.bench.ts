import type { Bench, Comparison } from './comparison.ts'
import {
  type Drainer,
  type DrainFigures,
  measureDrain,
  measureRaw,
  OURS,
  viaDebezium,
  viaOtherOutbox,
} from './relay/drain.ts'
import { faultsOf } from './relay/watch.ts'

const ROWS = 100_000
/** npm pg-transactional-outbox takes a transaction for each row, so a fifth of them shows its rate. */
const ROWS_FOR_OTHER = 20_000
/** Rows of this size to one of our requests. One send at a time, as the relay has: two at once came out of order. */
const RAW = { batch: 440, atOnce: 1 }
const ROUNDS = 3

const bench: Bench = {
  name: 'relay-throughput',
  about: `${ROWS.toLocaleString('en-US')} outbox rows that are committed already, from the first in the topic to the last;
all came, each key in order. Each process begins cold.`,
  run: async (say) => {
    const drain = async (what: string, drainer: Drainer, rows = ROWS) =>
      tell(say, what, await measureDrain(drainer, rows))
    const rounds: Round[] = []
    for (let round = 1; round <= ROUNDS; round++) {
      say(`round ${round} of ${ROUNDS}`)
      rounds.push({
        raw: tell(say, 'bare kafkajs producer', await measureRaw(RAW, ROWS)),
        ours: await drain('ours', OURS),
      })
    }
    const debezium = await drain('Debezium', viaDebezium(10))
    const other = await drain('pg-transactional-outbox', viaOtherOutbox, ROWS_FOR_OTHER)
    return compare(rounds, debezium, other)
  },
}
export default bench

type Round = Record<'raw' | 'ours', DrainFigures>

function tell(say: (line: string) => void, what: string, figures: DrainFigures): DrainFigures {
  const { rowsPerSecond, rowsPerCpuSecond, postgresCpuMicrosPerRow, delivery } = figures
  say(
    `${what}: ${rowsPerSecond.toFixed(0)} rows/s, ${rowsPerCpuSecond.toFixed(0)} per CPU-second, PostgreSQL ${postgresCpuMicrosPerRow.toFixed(0)} µs a row ${faultsOf(delivery)}`,
  )
  return figures
}

function compare(rounds: readonly Round[], debezium: DrainFigures, other: DrainFigures): Comparison[] {
  const ours = rounds.map((round) => round.ours)
  const raw = rounds.map((round) => round.raw)
  const last = ours.slice(-1)
  const rate = (peer: string, mine: DrainFigures[], theirs: DrainFigures[], value?: number): Comparison => ({
    what: 'rows a second',
    peer,
    unit: '1/s',
    ours: mine.map(({ rowsPerSecond }) => rowsPerSecond),
    theirs: theirs.map(({ rowsPerSecond }) => rowsPerSecond),
    aim: value === undefined ? undefined : { ratio: 'at least', value },
  })
  const cpu = (peer: string, mine: DrainFigures[], theirs: DrainFigures[], value?: number): Comparison => ({
    what: 'rows per CPU-second of the relay',
    peer,
    unit: 'events per CPU-second',
    ours: mine.map(({ rowsPerCpuSecond }) => rowsPerCpuSecond),
    theirs: theirs.map(({ rowsPerCpuSecond }) => rowsPerCpuSecond),
    aim: value === undefined ? undefined : { ratio: 'at least', value },
  })
  const postgres: Comparison = {
    what: 'CPU of PostgreSQL for one row',
    peer: 'Debezium 3.3.1',
    unit: 'µs of CPU',
    ours: last.map(({ postgresCpuMicrosPerRow }) => postgresCpuMicrosPerRow),
    theirs: [debezium.postgresCpuMicrosPerRow],
  }
  return [
    rate('bare kafkajs producer, from memory', ours, raw, 0.7),
    cpu('bare kafkajs producer, from memory', ours, raw),
    rate('Debezium 3.3.1', last, [debezium]),
    cpu('Debezium 3.3.1', last, [debezium], 2),
    postgres,
    rate('pg-transactional-outbox 0.5.7, replication (20,000 rows)', last, [other]),
  ]
}
