import type { Desk } from '@praxisbus/testing'
import pg from 'pg'

/** A look at the database of a desk from outside, past its services. */
export async function openWatch({ adminUrl }: Pick<Desk, 'adminUrl'>) {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  const waiting = async () => {
    const { rows } = await client.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return rows.length
  }
  return {
    client,
    /** Until so many wait for a lock that somebody else has, or `done` came first. */
    untilWaiting: async (count: number, done?: Promise<unknown>) => {
      let over = false
      const finished = done?.then(() => {
        over = true
      })
      while (!over && (await waiting()) < count)
        await Promise.race([
          new Promise((resolve) => setTimeout(resolve, 20)),
          ...(finished ? [finished] : []),
        ])
    },
    close: () => client.end(),
  }
}
