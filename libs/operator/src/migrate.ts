import { fileURLToPath } from 'node:url'
import { migrate } from '@praxisbus/runtime/migrate.ts'
import { type CommandLine, serviceOf, settingOf } from './command-line.ts'

/** Brings one service's database to the newest state and makes its two logins. Safe to run again, and by several at once. */
export async function migrateService(line: CommandLine): Promise<number> {
  const service = serviceOf(line)
  const applied = await migrate({
    adminUrl: settingOf(line, 'DATABASE_URL'),
    service,
    migrationsDirs: [fileURLToPath(new URL(`../../../services/${service}/migrations`, import.meta.url))],
    logins: {
      app: { password: settingOf(line, 'APP_PASSWORD') },
      relay: { password: settingOf(line, 'RELAY_PASSWORD') },
    },
  })
  if (line.json) line.print(JSON.stringify({ applied }))
  else
    line.print(
      applied.length === 0 ? `${service}: nothing to do` : `${service}: applied ${applied.join(', ')}`,
    )
  return 0
}
