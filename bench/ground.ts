import { access, chmod, constants, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ground, removeAtEnd, startGround } from '@praxisbus/testing'
import pg from 'pg'

/**
 * The servers that all benches of a run share. Their addresses stand in the environment as they do for tests, so `testGround()`,
 * `database()`, `testFolder()` and `startService()` of @praxisbus/testing work in a bench.
 */
export async function startBenchGround(say: (line: string) => void): Promise<Ground> {
  const dir = await mkdtemp(join(await diskFolder(), 'praxisbus-bench-'))
  removeAtEnd(dir)
  await chmod(dir, 0o711) // where root runs this, PostgreSQL's user must come through
  const ground = await startGround({
    dir,
    durable: true,
    onProgress: (part, ms) => say(`${part} ready in ${(ms / 1000).toFixed(1)} s`),
  })
  const stop = async () => {
    await ground.stop()
    await rm(dir, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await requireDurable(ground.postgres.adminUrl)
  } catch (error) {
    await stop()
    throw error
  }
  const { postgres, kafka, redis } = ground
  process.env.PRAXISBUS_TEST_GROUND = JSON.stringify({ postgres, kafka, redis })
  process.env.PRAXISBUS_TEST_DIR = join(dir, 'parts')
  started = ground
  return { ...ground, stop }
}

let started: Ground | undefined

/** Process id of PostgreSQL, where it was started here: what it and its sessions cost can be counted. */
export const postgresPid = () => started?.postgresServer?.pid

/** /tmp may lie in memory, where waiting for the disk costs nothing. */
const diskFolder = () =>
  access('/var/tmp', constants.W_OK).then(
    () => '/var/tmp',
    () => tmpdir(),
  )

async function requireDurable(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ fsync: string; commit: string }>(
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`,
    )
    const { fsync, commit } = rows[0]!
    if (fsync === 'on' && commit === 'on') return
    throw new Error(
      `This PostgreSQL has fsync ${fsync} and synchronous_commit ${commit}; figures hold with both on.`,
    )
  } finally {
    await client.end()
  }
}
