import { type Child, startChild } from './calls/child.ts'
import { inTurnWarm } from './calls/pairs.ts'
import type { Bench, Comparison } from './comparison.ts'
import { type Books, openBooks } from './postings/books.ts'
import { openPgledgerBooks, type PgledgerBooks } from './postings/pgledger-books.ts'
import type { PostingsLoad } from './postings/work.ts'

/** Fewer only to see that the bench works: `PAIRS=2 npm run bench -- postings --print`. */
const PAIRS = Number(process.env.PAIRS ?? 5)

const SHAPES: readonly Shape[] = [
  { what: '500 a call, 1 client', size: 500, callers: 1, calls: 12, hot: false, aims: true },
  { what: '500 a call, 8 clients', size: 500, callers: 8, calls: 24, hot: false, aims: true },
  { what: '500 a call, 8 clients, one hot account', size: 500, callers: 8, calls: 16, hot: true, aims: true },
  { what: '1 a call, 1 client', size: 1, callers: 1, calls: 300, hot: false },
  { what: '1 a call, 8 clients', size: 1, callers: 8, calls: 800, hot: false },
  { what: '1 a call, 8 clients, one hot account', size: 1, callers: 8, calls: 800, hot: true },
]

interface Shape extends PostingsLoad {
  readonly what: string
  /** The aims are about batches; COPY is measured for those alone. */
  readonly aims?: boolean
}

const bench: Bench = {
  name: 'postings',
  about:
    'Payments a second: each moves money from a receipt’s escrow to a charge by a journal of two entries; a call is one commit with one event that names its payments.',
  async run(say) {
    const books = await openBooks()
    let pgledger: PgledgerBooks | undefined
    const children: Child[] = []
    const start = async (file: string, settings: unknown) => {
      const child = await startChild(`../postings/${file}`, settings)
      children.push(child)
      return child
    }
    try {
      pgledger = await openPgledgerBooks(books.target)
      if (!pgledger) say('pgledger is left out: PGLEDGER_SQL does not name its SQL files')
      const ours = await start('ours.ts', books.target)
      const copy = await start('copy.ts', books.target)
      const peers: Peer[] = [
        { name: 'PL/pgSQL batch', child: await start('batch.ts', books.target), aim: 1 },
        { name: 'COPY into the same tables', child: copy, aim: 0.5, batches: true },
        { name: 'COPY into tables without index, check or trigger', child: copy, bare: true, batches: true },
      ]
      if (pgledger) {
        const child = await start('pgledger.ts', pgledger.target)
        peers.unshift({ name: `pgledger (${pgledger.version})`, child, aim: 5, apart: true })
      }
      return await compareAll(ours, peers, { books, pgledger }, say)
    } finally {
      for (const child of children) await child.stop()
      await pgledger?.close()
      await books.close()
    }
  },
}
export default bench

interface Peer {
  readonly name: string
  readonly child: Child
  readonly aim?: number
  readonly bare?: boolean
  readonly batches?: boolean
  /** In tables of its own. */
  readonly apart?: boolean
}

interface Stock {
  readonly books: Books
  readonly pgledger: PgledgerBooks | undefined
}

async function compareAll(ours: Child, peers: readonly Peer[], stock: Stock, say: (line: string) => void) {
  const comparisons: Comparison[] = []
  for (const shape of SHAPES) {
    for (const peer of peers) {
      if (peer.batches && !shape.aims) continue
      say(`${shape.what}, beside ${peer.name}: ${PAIRS} pairs of ${shape.calls} calls`)
      const figures = await inPairs(ours, peer, shape, stock)
      const aim =
        shape.aims && peer.aim !== undefined
          ? { aim: { ratio: 'at least', value: peer.aim } as const }
          : undefined
      comparisons.push({ what: shape.what, peer: peer.name, unit: '1/s', ...figures, ...aim })
    }
  }
  return comparisons
}

async function inPairs(mine: Child, peer: Peer, shape: Shape, stock: Stock) {
  const { what: _, aims: __, ...load } = shape
  const own = () => mine.ask<number>(load)
  const other = () => peer.child.ask<number>({ ...load, bare: peer.bare })
  const before = await counted(stock)
  for (const side of [own, other]) await side()
  await stock.books.tidy()
  await stock.pgledger?.tidy()
  const taken = await inTurnWarm(PAIRS, own, other)
  requireAll(before, await counted(stock), peer, shape)
  return taken
}

async function counted({ books, pgledger }: Stock) {
  return { ...(await books.count()), transfers: (await pgledger?.count()) ?? 0 }
}

/** A figure counts only where every payment is in the books, each call with its event, and every balance is that of its entries. */
function requireAll(
  before: Awaited<ReturnType<typeof counted>>,
  after: typeof before,
  { apart, bare }: Peer,
  { calls, size }: Shape,
): void {
  const rounds = PAIRS + 1
  const sides = apart || bare ? 1 : 2
  const wanted = {
    applications: before.applications + sides * rounds * calls * size,
    events: before.events + sides * rounds * calls,
    transfers: before.transfers + (apart ? rounds * calls * size : 0),
  }
  for (const [what, count] of Object.entries(wanted))
    if (after[what as keyof typeof wanted] !== count)
      throw new Error(`${after[what as keyof typeof wanted]} ${what} instead of ${count}`)
}
