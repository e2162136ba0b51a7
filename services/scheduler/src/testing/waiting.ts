import type { Desk } from '@praxisbus/testing'
import pg from 'pg'

async function lockWaiters(client: pg.Client): Promise<number> {
  const { rows } = await client.query(
    `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return rows.length
}

/** A look at the database of a desk from outside, past its services. */
export async function openWatch({ adminUrl }: Pick<Desk, 'adminUrl'>) {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  return {
    client,
    /** Until so many wait for a lock that somebody else has, or `done` came first. */
    untilWaiting: async (count: number, done?: Promise<unknown>) => {
      let over = false
      const finished = done?.then(() => {
        over = true
      })
      while (!over && (await lockWaiters(client)) < count)
        await Promise.race([
          new Promise((resolve) => setTimeout(resolve, 20)),
          ...(finished ? [finished] : []),
        ])
    },
    close: () => client.end(),
  }
}

/** Until somebody in this database waits for a lock. */
export async function waitsForALock(client: pg.Client): Promise<void> {
  for (let round = 0; round < 100; round++) {
    if ((await lockWaiters(client)) > 0) return
    await client.query('select pg_sleep(0.05)')
  }
  throw new Error('nobody waits for a lock')
}

/** Has it done while somebody else writes into that calendar: it has to wait for them. */
export async function waitsForCalendar<Done>(
  adminUrl: string,
  practitionerId: string,
  work: () => Promise<Done>,
): Promise<Done> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    await client.query('begin')
    await client.query('select from practitioner where id = $1 for no key update', [practitionerId])
    const done = work()
    await waitsForALock(client).finally(() => client.query('commit'))
    return await done
  } finally {
    await client.end()
  }
}
