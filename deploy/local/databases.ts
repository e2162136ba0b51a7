import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ensureDatabase, loginUrl, MigrationError, migrate } from '@praxisbus/runtime'
import { Fault } from './fault.ts'
import { ROOT, SERVICES, type Secret, type ServiceName } from './home.ts'

export interface ServiceDatabase {
  /** The login that owns the tables. */
  readonly adminUrl: string
  readonly appUrl: string
  readonly relayUrl: string
  readonly applied: number
}

/** A PostgreSQL of the user's own for this service: a login that may create roles, on the service's database. */
export const ownDatabaseOf = (service: ServiceName): string | undefined =>
  process.env[`DATABASE_URL_${service.toUpperCase()}`] || undefined

/** Creates and migrates each service's database, and gives its two logins their passwords. */
export async function prepareDatabases(
  serverAdminUrl: string,
  secret: Secret,
): Promise<Record<ServiceName, ServiceDatabase>> {
  const prepared = await Promise.all(
    SERVICES.map(
      async (service) => [service, await prepareDatabase(service, serverAdminUrl, secret)] as const,
    ),
  )
  return Object.fromEntries(prepared) as Record<ServiceName, ServiceDatabase>
}

async function prepareDatabase(
  service: ServiceName,
  serverAdminUrl: string,
  secret: Secret,
): Promise<ServiceDatabase> {
  const app = secret(`${service}_app`)
  const relay = secret(`${service}_relay`)
  const own = ownDatabaseOf(service)
  try {
    const adminUrl = own ?? (await ensureDatabase(serverAdminUrl, `praxisbus_${service}`))
    const applied = await migrate({
      adminUrl,
      service,
      migrationsDirs: migrationsOf(service),
      logins: { app: { password: app }, relay: { password: relay } },
    })
    return {
      adminUrl,
      appUrl: loginUrl(adminUrl, service, 'app', app),
      relayUrl: loginUrl(adminUrl, service, 'relay', relay),
      applied: applied.length,
    }
  } catch (error) {
    throw explained(service, own, error as Error)
  }
}

export function migrationsOf(service: ServiceName): string[] {
  const folder = join(ROOT, 'services', service, 'migrations')
  return existsSync(folder) ? [folder] : []
}

function explained(service: ServiceName, own: string | undefined, error: Error): Error {
  if (error instanceof MigrationError) {
    return new Fault(
      `The database of ${service} cannot be brought to the newest state: ${error.message}`,
      own
        ? 'Restore that file, or begin with an empty database.'
        : 'To begin anew without its data: npm start -- --fresh',
    )
  }
  const { code, detail } = error as { code?: string; detail?: string }
  if (!own && !process.env.DATABASE_ADMIN_URL) return error
  const setting = own ? `DATABASE_URL_${service.toUpperCase()}` : 'DATABASE_ADMIN_URL'
  return new Fault(
    `The database of ${service} (${setting}) cannot be used: ${[error.message, detail].filter(Boolean).join('. ')}`,
    code === NOT_ALLOWED
      ? `The login needs CREATEROLE${own ? '' : ' and CREATEDB'}. Roles that another login made on this server (\\du shows them) are closed to it: use that login for all four services, or drop those roles.`
      : `The URL must name a ${own ? 'database' : 'server'} that is there, with a login that may create roles.`,
  )
}

const NOT_ALLOWED = '42501'
