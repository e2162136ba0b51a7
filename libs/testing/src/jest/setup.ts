import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SERVICES } from '@praxisbus/contracts/services.ts'
import pg from 'pg'
import { compileServices } from '../compiled.ts'
import { GroundFault } from '../ground/fault.ts'
import { type GroundAddresses, startGround } from '../ground/index.ts'
import { removeAtEnd } from '../ground/processes.ts'
import { keepForTeardown } from './run.ts'

const DATABASE_URLS = SERVICES.map((service) => `DATABASE_URL_${service.toUpperCase()}`)

/**
 * Starts one ground for the whole run and tells the workers where it is: containers where Docker answers, local processes
 * elsewhere (PRAXISBUS_GROUND=auto). A run of pure tests alone goes without: PRAXISBUS_GROUND=none. Servers named by DATABASE_ADMIN_URL or a DATABASE_URL_<SERVICE>, KAFKA_BROKERS and REDIS_URL are
 * used as they are: tests make databases, logins and topics of their own there, and remove the databases again.
 */
export default async function setup(): Promise<void> {
  if (process.env.PRAXISBUS_GROUND === 'none') return
  const own = DATABASE_URLS.map((name) => process.env[name]).find(Boolean)
  if (own) process.env.DATABASE_ADMIN_URL ??= own
  const dir = await mkdtemp(join(tmpdir(), 'praxisbus-test-'))
  removeAtEnd(dir)
  await chmod(dir, 0o711) // where root runs this, PostgreSQL's user must come through
  const [{ stop, postgres, kafka, redis }] = await Promise.all([
    startGround({ dir, durable: false, usually: 'auto', onChoice: (text) => console.error(text) }),
    compileServices(),
  ])
  keepForTeardown({ dir, stop })
  await requireSuperuser(postgres.adminUrl).catch(async (error) => {
    await stop()
    throw error
  })
  const addresses: GroundAddresses = { postgres, kafka, redis }
  process.env.PRAXISBUS_TEST_GROUND = JSON.stringify(addresses)
  process.env.PRAXISBUS_TEST_DIR = join(dir, 'tests')
}

/** Said once, instead of by every test: row-level security hides from any other login what tests look up. */
async function requireSuperuser(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ super: string }>(`select current_setting('is_superuser') as super`)
    if (rows[0]?.super === 'on') return
  } finally {
    await client.end()
  }
  throw new GroundFault(
    'The tests make databases and logins of their own; the login in DATABASE_ADMIN_URL or DATABASE_URL_<SERVICE> is no superuser.',
    'Name a superuser in DATABASE_ADMIN_URL, or unset these variables: then a PostgreSQL is started for the tests.',
  )
}
