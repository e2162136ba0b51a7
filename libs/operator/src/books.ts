import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isUuid } from '@praxisbus/runtime/ids.ts'
import { type CommandLine, settingOf, UsageError } from './command-line.ts'

/** Billing's own program: the tables are its alone, and there is one way to compute a seal. */
const PROGRAM = fileURLToPath(new URL('../../../services/billing/src/verify-books.ts', import.meta.url))

/** Recomputes the seals of closed periods from the tables (B-19). Ends with 4 where one is not as it was sealed. */
export async function books(line: CommandLine): Promise<number> {
  const [action, ...rest] = line.words
  if (action !== 'verify' || rest.length > 0) throw new UsageError('say praxisbus books verify')
  const { practice } = line
  if (practice !== undefined && !isUuid(practice))
    throw new UsageError('--practice is the id of a practice, for instance from its token')
  const billing = { ...line, service: 'billing' }
  const env: Record<string, string> = { DATABASE_URL: settingOf(billing, 'DATABASE_URL') }
  if (practice === undefined) env.RELAY_DATABASE_URL = settingOf(billing, 'RELAY_DATABASE_URL')
  return run([...(practice ? ['--practice', practice] : []), ...(line.json ? ['--json'] : [])], env)
}

function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}
