import type { Socket } from 'node:net'
import pg from 'pg'

/**
 * Finds out that PostgreSQL hangs: it, its machine or the network to it stands still without refusing anybody. A statement
 * timeout does not help then, since the server keeps it, and a bound on each statement would cut honest long ones (an import
 * of images). So while something takes long, a new connection is asked for beside it: a server that makes one is alive,
 * whatever a statement takes; one that does not is silent for all.
 */
export interface DatabaseWatch {
  /** Throws at once while the database is silent. */
  during<T>(work: () => Promise<T>): Promise<T>
  close(): void
}

export interface Probe {
  /** true: the server spoke, be it to say no. Never rejects. */
  readonly answered: Promise<boolean>
  abandon(): void
}

export interface WatchSettings {
  readonly probe: () => Probe
  /** Called once each time the database falls silent: ends every connection, so that whoever waits on one is told. */
  readonly cut: () => void
  readonly refusal: () => Error
}

/**
 * Time is counted in ticks of a timer, each at most 100 ms: in a process that was itself held up (a long computation, SIGSTOP)
 * hours pass in one tick, and answers that lie in its sockets are not taken for silence.
 */
const TICK_MS = 100
const SLOW_TICKS = 4
/** With the ticks above 1.5 s: who asked is told within two seconds. */
const PROBE_TICKS = 11

export function openWatch({ probe, cut, refusal }: WatchSettings): DatabaseWatch {
  const underWay = new Set<{ ticks: number }>()
  let silent = false
  let asking: { readonly probe: Probe; ticks: number } | undefined
  let timer: NodeJS.Timeout | undefined

  const ask = () => {
    const asked = { probe: probe(), ticks: 0 }
    asking = asked
    void asked.probe.answered.then((alive) => {
      if (asking === asked) conclude(alive)
    })
  }
  const conclude = (alive: boolean) => {
    asking = undefined
    for (const each of underWay) each.ticks = 0
    if (!alive && !silent) cut()
    silent = !alive
  }
  const tick = () => {
    let slow = silent
    for (const each of underWay) slow = ++each.ticks >= SLOW_TICKS || slow
    if (asking) {
      if (++asking.ticks < PROBE_TICKS) return
      asking.probe.abandon()
      conclude(false)
    } else if (slow) ask()
    else if (underWay.size === 0) rest()
  }
  const rest = () => {
    clearInterval(timer)
    timer = undefined
  }

  return {
    during: async (work) => {
      if (silent) throw refusal()
      const entry = { ticks: 0 }
      underWay.add(entry)
      timer ??= setInterval(tick, TICK_MS).unref()
      try {
        return await work()
      } finally {
        underWay.delete(entry)
      }
    },
    close: () => {
      rest()
      asking?.probe.abandon()
      asking = undefined
    },
  }
}

/** Watches over the connections of a pool. `unavailable` makes what is thrown while PostgreSQL is silent. */
export function watchPool(pool: pg.Pool, url: string, unavailable: (cause: Error) => Error): DatabaseWatch {
  return openWatch({
    probe: () => probe(url),
    cut: cutting(pool),
    refusal: () => unavailable(silence()),
  })
}

const silence = () => Object.assign(new Error('PostgreSQL does not answer'), { code: 'ETIMEDOUT' })

/** Asks for a connection of its own: one of the pool may be lost while the server lives. */
function probe(url: string): Probe {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  const answered = client.connect().then(
    () => true,
    (error: unknown) => error instanceof pg.DatabaseError,
  )
  void answered.then(() => client.end().catch(() => undefined))
  return { answered, abandon: () => socketOf(client).destroy() }
}

/** Ends every connection of the pool, those at rest too: what cut off one has cut off all. */
function cutting(pool: pg.Pool): () => void {
  const clients = new Set<pg.PoolClient>()
  pool.on('connect', (client) => clients.add(client))
  pool.on('remove', (client) => clients.delete(client))
  return () => {
    for (const client of clients) socketOf(client).destroy(silence())
  }
}

/** pg has no other way to give up a connection without asking the server. */
export function socketOf(client: pg.ClientBase): Socket {
  return (client as unknown as { connection: { stream: Socket } }).connection.stream
}
