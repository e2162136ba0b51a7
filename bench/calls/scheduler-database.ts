import { newId } from '@praxisbus/runtime'
import { database, issuer } from '@praxisbus/testing'
import pg from 'pg'

/** What both sides of a comparison work on; sent to their processes. */
export interface Target {
  /** Bound by row-level security, as the service itself is. */
  readonly appUrl: string
  /** Bound by nothing, as a bare program would be. */
  readonly bareUrl: string
  readonly issuerUrl: string
  readonly token: string
  readonly practiceId: string
  readonly patientId: string
}

export interface Ground {
  readonly target: Target
  /** Lets the planner know what grew since: plans made over empty tables would read them from end to end. */
  analyze(): Promise<void>
  close(): Promise<void>
}

/** The scheduler's database with one practice and one patient among many. */
export async function openTarget(): Promise<Ground> {
  const clone = await database('scheduler')
  const signIn = await issuer()
  const ids = { practiceId: newId(), patientId: newId() }
  await fill(clone.adminUrl, ids)
  const grant = { roles: [], permissions: ['patient.read', 'patient.write'] }
  const token = await signIn.token({ userId: 'clerk', name: 'Clerk', practices: { [ids.practiceId]: grant } })
  return {
    target: { ...ids, bareUrl: clone.adminUrl, appUrl: clone.appUrl, issuerUrl: signIn.url, token },
    analyze: () => run(clone.adminUrl, (client) => client.query('vacuum analyze')),
    close: async () => {
      await signIn.stop()
      await clone.drop()
    },
  }
}

function fill(url: string, { practiceId, patientId }: { practiceId: string; patientId: string }) {
  return run(url, async (client) => {
    await client.query(
      `insert into practice (practice_id, name, time_zone, scheduler, ehr, billing, imaging)
       values ($1, 'Bench', 'Europe/Berlin', true, true, true, true)`,
      [practiceId],
    )
    // Others beside the one that is read, so that its index has more than a leaf.
    await client.query(
      `insert into patient (practice_id, id, name, birth_date, email, phone)
       select $1, case when number = 1 then $2 else gen_random_uuid() end, 'Ada Example ' || number, '1980-02-29',
              'ada' || number || '@example.org', '+49 30 5550100' from generate_series(1, 10000) as number`,
      [practiceId, patientId],
    )
  })
}

async function run(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
