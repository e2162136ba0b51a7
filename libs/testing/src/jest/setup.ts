import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SERVICES } from '@praxisbus/contracts/services.ts'
import { type GroundAddresses, startGround } from '../ground/index.ts'
import { removeAtEnd } from '../ground/processes.ts'
import { keepForTeardown } from './run.ts'

const DATABASE_URLS = SERVICES.map((service) => `DATABASE_URL_${service.toUpperCase()}`)

/**
 * Starts one ground for the whole run and tells the workers where it is. A run of pure tests alone goes without:
 * PRAXISBUS_GROUND=none. Servers named by DATABASE_ADMIN_URL or a DATABASE_URL_<SERVICE>, KAFKA_BROKERS and REDIS_URL are
 * used as they are: tests make databases, logins and topics of their own there, and remove the databases again.
 */
export default async function setup(): Promise<void> {
  if (process.env.PRAXISBUS_GROUND === 'none') return
  const own = DATABASE_URLS.map((name) => process.env[name]).find(Boolean)
  if (own) process.env.DATABASE_ADMIN_URL ??= own
  const dir = await mkdtemp(join(tmpdir(), 'praxisbus-test-'))
  removeAtEnd(dir)
  await chmod(dir, 0o711) // where root runs this, PostgreSQL's user must come through
  const { stop, postgres, kafka, redis } = await startGround({ dir, durable: false })
  keepForTeardown({ dir, stop })
  const addresses: GroundAddresses = { postgres, kafka, redis }
  process.env.PRAXISBUS_TEST_GROUND = JSON.stringify(addresses)
  process.env.PRAXISBUS_TEST_DIR = join(dir, 'tests')
}
