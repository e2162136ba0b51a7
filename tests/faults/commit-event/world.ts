import { join } from 'node:path'
import type { Permission, ServiceName } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import {
  type Api,
  api,
  database,
  freePorts,
  issuer,
  type KafkaServer,
  type PostgresServer,
  type RunningService,
  startKafka,
  startPostgres,
  startProxy,
  startService,
  type TcpProxy,
  type TestDatabase,
  testFolder,
  testGround,
} from '@praxisbus/testing'
import { SERVER_PORTS } from '@praxisbus/testing/ground/ports.ts'
import pg from 'pg'
import { type Closing, withClose } from '../closing.ts'
import { named, rowsOf } from '../rows.ts'

/** One process of a service, with the network between it and Kafka. */
export interface Replica {
  /** Also the name of its database connections. */
  readonly name: string
  readonly service: RunningService
  readonly network: TcpProxy
  /** Its HTTP interface, as a clerk of the practice. */
  readonly desk: Api
  /** Set while it is on its way back after it was killed. */
  starting?: Promise<void>
}

export interface World {
  readonly practiceId: string
  readonly postgres: PostgresServer
  readonly kafka: KafkaServer
  /** Those that commit and publish. */
  readonly writers: readonly Replica[]
  /** Those that consume. */
  readonly readers: readonly Replica[]
  readonly databases: { readonly scheduler: TestDatabase; readonly ehr: TestDatabase }
  close(): Promise<void>
}

const permissions: Permission[] = ['practice.manage', 'practice.read', 'patient.read', 'patient.write']
const REPLICAS: readonly [ServiceName, string][] = [
  ['scheduler', 'scheduler-1'],
  ['scheduler', 'scheduler-2'],
  ['ehr', 'ehr-1'],
  ['ehr', 'ehr-2'],
]

/** Two replicas of the scheduler and two of the EHR on a PostgreSQL and a Kafka of their own, which may be killed. */
export const openWorld = (): Promise<World> => withClose(start)

async function start(closing: Closing): Promise<Omit<World, 'close'>> {
  const folder = await testFolder('commit-event')
  const practiceId = newId()
  const signIn = await issuer()
  closing.push(signIn.stop)
  const ports = await freePorts(REPLICAS.length, SERVER_PORTS)
  const networks = await Promise.all(ports.map((targetPort) => startProxy({ targetPort })))
  closing.push(() => Promise.all(networks.map((network) => network.stop())))
  const [postgres, kafka] = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres'), durable: false }),
    startKafka({
      dataDir: join(folder, 'kafka'),
      durable: false,
      behind: networks.map((network, index) => ({ port: ports[index]!, advertisedPort: network.port })),
    }),
  ])
  closing.push(() => Promise.all([postgres.stop(), kafka.stop()]))
  const databases = {
    scheduler: await database('scheduler', postgres.adminUrl()),
    ehr: await database('ehr', postgres.adminUrl()),
  }
  await commitLate(databases.scheduler.adminUrl)
  const claims = { userId: 'clerk', name: 'Clerk', practices: { [practiceId]: { roles: [], permissions } } }
  const token = await signIn.token(claims, { expiresInSeconds: 86_400 })
  const replicas = await Promise.all(
    REPLICAS.map(async ([kind, name], index): Promise<Replica> => {
      const network = networks[index]!
      const { appUrl, relayUrl } = databases[kind as keyof typeof databases]
      const service = await startService(kind, {
        database: { appUrl: named(appUrl, name), relayUrl: named(relayUrl, name) },
        ground: { ...testGround(), kafka: { brokers: `127.0.0.1:${network.port}` } },
        issuer: signIn,
        peers: { billing: { grpcAddress: '127.0.0.1:1' }, ehr: { grpcAddress: '127.0.0.1:1' } },
        env: { RATE_LIMIT_PER_MINUTE: '100000000', LOG_LEVEL: 'info' },
      })
      closing.push(service.stop)
      return { name, service, network, desk: api(service.httpUrl, token) }
    }),
  )
  return {
    practiceId,
    postgres,
    kafka,
    databases,
    writers: replicas.slice(0, 2),
    readers: replicas.slice(2),
  }
}

/** One commit in sixteen is held up, so that ids commit out of order: a relay that goes on behind the last id would lose rows. */
async function commitLate(adminUrl: string): Promise<void> {
  await rowsOf(
    adminUrl,
    `create function commit_late() returns trigger language plpgsql as $$
     begin if new.id % 16 = 0 then perform pg_sleep(0.1); end if; return null; end $$;
     create constraint trigger commit_late after insert on outbox deferrable initially deferred
       for each row execute function commit_late()`,
  )
}

/** Until it is released, whoever takes a patient's fact in the EHR stands in the middle of the effect. */
export async function holdEffects({ databases }: World) {
  const client = new pg.Client({ connectionString: databases.ehr.adminUrl })
  client.on('error', () => undefined)
  await client.connect()
  await client.query('begin; lock table patient_replica in share row exclusive mode')
  return {
    /** The name of a replica that does. */
    inTheMiddle: async (): Promise<string | undefined> => {
      const { rows } = await client.query<{ name: string }>(
        `select application_name as name from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and application_name like 'ehr-%' limit 1`,
      )
      return rows[0]?.name
    },
    release: () => client.end(),
  }
}

/** Ends connections of this replica in PostgreSQL: those that publish, or those that serve. Returns how many. */
export async function terminate(world: World, { name }: Replica, login: 'relay' | 'app'): Promise<number> {
  const ended = await rowsOf(
    world.postgres.adminUrl(),
    'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and usename like $2',
    [name, `%\\_${login}`],
  )
  return ended.length
}

/** The replicas whose relays publish: one, or between two terms none. */
export async function leadersOf(replicas: readonly Replica[]): Promise<Replica[]> {
  // A process that is starting or asleep says nothing.
  const leads = await Promise.all(
    replicas.map(({ service }) =>
      fetch(`${service.httpUrl}/metrics`, { signal: AbortSignal.timeout(1_000) })
        .then(async (answer) => /^relay_leader(\{[^}]*\})? 1$/m.test(await answer.text()))
        .catch(() => false),
    ),
  )
  return replicas.filter((_, index) => leads[index])
}

export async function committed({ databases }: World): Promise<number> {
  return (
    await rowsOf<{ n: number }>(databases.scheduler.adminUrl, 'select count(*)::int as n from outbox')
  )[0]!.n
}

export async function published({ databases }: World): Promise<number> {
  const text = 'select count(published_at)::int as n from outbox'
  return (await rowsOf<{ n: number }>(databases.scheduler.adminUrl, text))[0]!.n
}
