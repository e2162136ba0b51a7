import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureDatabase, loginUrl, migrate, newId } from '@praxisbus/runtime'
import { issuer, startPostgres } from '@praxisbus/testing'
import pg from 'pg'

const MIGRATIONS = fileURLToPath(new URL('../../services/scheduler/migrations', import.meta.url))
const PASSWORD = 'bench-only'

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

/** The scheduler's database with one practice and one patient, on a PostgreSQL of its own that waits for the disk. */
export async function openTarget(): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'praxisbus-bench-'))
  const server = await startPostgres({ dataDir: join(folder, 'postgres'), durable: true })
  const signIn = await issuer()
  const bareUrl = await ensureDatabase(server.adminUrl(), 'scheduler')
  const login = { password: PASSWORD }
  await migrate({
    adminUrl: bareUrl,
    service: 'scheduler',
    migrationsDirs: [MIGRATIONS],
    logins: { app: login, relay: login },
  })
  const ids = { practiceId: newId(), patientId: newId() }
  await fill(bareUrl, ids)
  const grant = { roles: [], permissions: ['patient.read', 'patient.write'] }
  const token = await signIn.token({ userId: 'clerk', name: 'Clerk', practices: { [ids.practiceId]: grant } })
  const appUrl = loginUrl(bareUrl, 'scheduler', 'app', PASSWORD)
  return {
    target: { ...ids, bareUrl, appUrl, issuerUrl: signIn.url, token },
    analyze: () => run(bareUrl, (client) => client.query('vacuum analyze')),
    close: async () => {
      await signIn.stop()
      await server.stop()
      await rm(folder, { recursive: true, force: true })
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
