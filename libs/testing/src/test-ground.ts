import { mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GroundAddresses } from './ground/index.ts'
import { removeAtEnd } from './ground/processes.ts'

/** The ground of this test run, which jest's global set-up started or found in the environment. */
export function testGround(): GroundAddresses {
  const { PRAXISBUS_TEST_GROUND } = process.env
  if (PRAXISBUS_TEST_GROUND) return JSON.parse(PRAXISBUS_TEST_GROUND) as GroundAddresses
  throw new Error('This test needs a ground: run it with `npm run jest`, without PRAXISBUS_GROUND=none')
}

/** A folder of this test run for `name`, removed after the run. */
export async function testFolder(name: string): Promise<string> {
  const { PRAXISBUS_TEST_DIR } = process.env
  if (PRAXISBUS_TEST_DIR) {
    await mkdir(PRAXISBUS_TEST_DIR, { recursive: true })
    return await mkdtemp(join(PRAXISBUS_TEST_DIR, `${name}-`))
  }
  const folder = await mkdtemp(join(tmpdir(), `praxisbus-${name}-`))
  removeAtEnd(folder)
  return folder
}
