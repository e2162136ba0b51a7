import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const PEERS = join(import.meta.dirname, 'peers')

const installed = new Map<string, Promise<unknown>>()

/** Once per run: npm finds out itself whether there is something to do. */
export async function installPeers(folder = PEERS, command: readonly string[] = ['ci']): Promise<void> {
  const options = ['--no-audit', '--no-fund', '--prefer-offline']
  const running =
    installed.get(folder) ?? promisify(execFile)('npm', [...command, ...options], { cwd: folder })
  installed.set(folder, running)
  await running
}
