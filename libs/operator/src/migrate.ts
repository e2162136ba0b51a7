import { fileURLToPath } from 'node:url'
import { SERVICES, type ServiceName } from '@praxisbus/contracts/services.ts'
import { ensureDatabase, migrate } from '@praxisbus/runtime/migrate.ts'
import { type CommandLine, serviceOf, settingOf, UsageError } from './command-line.ts'

/**
 * Brings the database of one service, or of all, to the newest state and makes its two logins. Safe to run again, and by several
 * at once. Throws UsageError where a setting is missing.
 */
export async function migrateServices(line: CommandLine): Promise<number> {
  if (line.all && line.service) throw new UsageError('--service and --all exclude each other')
  const services = line.all ? SERVICES : [serviceOf(line)]
  const applied: Record<string, string[]> = {}
  for (const service of services) applied[service] = await migrateOne({ ...line, service }, service)
  if (line.json) line.print(JSON.stringify(line.all ? { applied } : { applied: applied[services[0]!] }))
  else for (const service of services) line.print(`${service}: ${told(applied[service]!)}`)
  return 0
}

const told = (names: readonly string[]) =>
  names.length === 0 ? 'nothing to do' : `applied ${names.join(', ')}`

async function migrateOne(line: CommandLine, service: ServiceName): Promise<string[]> {
  const logins = {
    app: { password: settingOf(line, 'APP_PASSWORD') },
    relay: { password: settingOf(line, 'RELAY_PASSWORD') },
  }
  try {
    return await migrate({
      adminUrl: await databaseOf(line, service),
      service,
      migrationsDirs: [fileURLToPath(new URL(`../../../services/${service}/migrations`, import.meta.url))],
      logins,
    })
  } catch (error) {
    throw (error as { code?: string }).code === WRONG_PASSWORD ? wrongPassword(error as Error) : error
  }
}

/** The service's own URL where there is one, else its database on the server that DATABASE_ADMIN_URL names. */
async function databaseOf(line: CommandLine, service: ServiceName): Promise<string> {
  const server = line.env.DATABASE_ADMIN_URL
  const own = line.env[`DATABASE_URL_${service.toUpperCase()}`] ?? line.env.DATABASE_URL
  return own || !server ? settingOf(line, 'DATABASE_URL') : ensureDatabase(server, `praxisbus_${service}`)
}

const WRONG_PASSWORD = '28P01'

function wrongPassword(error: Error): Error {
  return new Error(
    `${error.message}. The server has another password for this login than the setting: put the one back with which the database was made, or change it there (docs/compose.md, Secrets).`,
    { cause: error },
  )
}
