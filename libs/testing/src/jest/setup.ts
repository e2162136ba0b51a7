import { chmod, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type GroundAddresses, startGround } from '../ground/index.ts'
import { removeAtEnd } from '../ground/processes.ts'
import { keepForTeardown } from './run.ts'

/**
 * Starts one ground for the whole run and tells the workers where it is. A run of pure tests alone goes without:
 * PRAXISBUS_GROUND=none. Servers named by DATABASE_ADMIN_URL, KAFKA_BROKERS, REDIS_URL are used as they are: never name a
 * server that holds something dear, since tests make databases and set the passwords of the services' logins on it.
 */
export default async function setup(): Promise<void> {
  if (process.env.PRAXISBUS_GROUND === 'none') return
  const dir = await mkdtemp(join(tmpdir(), 'praxisbus-test-'))
  removeAtEnd(dir)
  await chmod(dir, 0o711) // where root runs this, PostgreSQL's user must come through
  const { stop, postgres, kafka, redis } = await startGround({ dir, durable: false })
  keepForTeardown({ dir, stop })
  const addresses: GroundAddresses = { postgres, kafka, redis }
  process.env.PRAXISBUS_TEST_GROUND = JSON.stringify(addresses)
  process.env.PRAXISBUS_TEST_DIR = join(dir, 'tests')
}
