import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { sessionOptions } from './db-session.ts'
import { scramVerifier } from './scram.ts'
import { sqlState } from './sql-fault.ts'

export interface MigrationSettings {
  /** A login that may create roles, on the service's own database. The tables will belong to it. */
  readonly adminUrl: string
  readonly service: string
  /** Applied in this order; the plumbing's own folder always comes first. */
  readonly migrationsDirs: readonly string[]
  readonly logins: {
    readonly app: { readonly password: string }
    readonly relay: { readonly password: string }
  }
  /** Is told what it waits for. Default: a line on standard error. */
  readonly say?: (line: string) => void
}

export class MigrationError extends Error {}

interface Migration {
  readonly name: string
  readonly text: string
  readonly hash: string
}

export const PLUMBING_MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url))
/** Starters that come at the same time wait here for the first one. */
const MIGRATION_LOCK = 7_301_201
/**
 * Whoever waits for a table to change it holds up all who come after, even those who read. So it waits briefly, lets them go first,
 * and tries again: for two minutes, since a request of theirs may take some 15 s.
 */
const LOCK_TIMEOUT_MS = 2_000
const LOCK_PAUSE_MS = 1_000
const LOCK_ATTEMPTS = 40

/**
 * Brings a database to the newest state: forward only, each file once and in one transaction. A file that was changed
 * after it ran is refused: write a new one. Returns the names of the files applied now.
 */
export async function migrate(settings: MigrationSettings): Promise<string[]> {
  const migrations = [
    PLUMBING_MIGRATIONS,
    ...settings.migrationsDirs.filter((dir) => dir !== PLUMBING_MIGRATIONS),
  ].flatMap((dir, index) => readMigrations(dir, index === 0 ? 'runtime' : settings.service))
  const client = new pg.Client({ connectionString: settings.adminUrl, options: sessionOptions() })
  await client.connect()
  try {
    await client.query(`select pg_advisory_lock(${MIGRATION_LOCK})`)
    await ensureRoles(client, settings)
    await client.query(`create table if not exists migration (
      name text primary key, hash text not null, applied_at timestamptz not null default clock_timestamp())`)
    const applied: string[] = []
    for (const migration of migrations)
      if (await applyOnce(client, migration, settings.say ?? console.error)) applied.push(migration.name)
    return applied
  } finally {
    await client.end()
  }
}

/** Creates the service's database where it is missing. */
export async function ensureDatabase(serverAdminUrl: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverAdminUrl })
  await client.connect()
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
  const url = new URL(serverAdminUrl)
  url.pathname = `/${name}`
  return url.href
}

/** The URL of a service's own login on the same database. */
export function loginUrl(adminUrl: string, service: string, kind: 'app' | 'relay', password: string): string {
  const url = new URL(adminUrl)
  url.username = `${service}_${kind}`
  url.password = password
  return url.href
}

function readMigrations(dir: string, prefix: string): Migration[] {
  return readdirSync(dir)
    .filter((file) => /^[0-9]{6}_[a-z0-9_]+\.sql$/.test(file))
    .sort()
    .map((file) => {
      const text = readFileSync(join(dir, file), 'utf8')
      return { name: `${prefix}/${file}`, text, hash: createHash('sha256').update(text).digest('hex') }
    })
}

async function applyOnce(
  client: pg.Client,
  { name, text, hash }: Migration,
  say: (line: string) => void,
): Promise<boolean> {
  const { rows } = await client.query<{ hash: string }>('select hash from migration where name = $1', [name])
  if (rows[0]?.hash === hash) return false
  if (rows[0])
    throw new MigrationError(
      `${name} was changed after it was applied. Restore it and write a new migration.`,
    )
  for (let attempt = 1; ; attempt++) {
    try {
      await client.query('begin')
      await client.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`)
      await client.query(text)
      await client.query('insert into migration (name, hash) values ($1, $2)', [name, hash])
      await client.query('commit')
      return true
    } catch (error) {
      await client.query('rollback')
      if (sqlState(error) !== LOCK_NOT_AVAILABLE || attempt === LOCK_ATTEMPTS)
        throw new MigrationError(`${name}: ${(error as Error).message}`, { cause: error })
      say(`${name}: a table is in use; attempt ${attempt} of ${LOCK_ATTEMPTS}`)
      await delay(LOCK_PAUSE_MS)
    }
  }
}

const LOCK_NOT_AVAILABLE = '55P03'

/**
 * Two group roles carry the grants and policies; each service has two logins of its own in them, which may connect to its
 * database and no other. None of them owns a table or bypasses row-level security. Roles belong to the whole server, so
 * services that migrate at the same moment meet here: the lock is taken on the shared catalogue.
 */
async function ensureRoles(client: pg.Client, { service, logins }: MigrationSettings): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select current_database() as name')
  const database = pg.escapeIdentifier(rows[0]!.name)
  const statements = ['praxisbus_app', 'praxisbus_relay'].map((role) => createRole(role, 'nologin'))
  for (const [kind, { password }] of Object.entries(logins)) {
    const login = `${service}_${kind}`
    statements.push(createRole(login, 'login'))
    statements.push(takePowers(login))
    statements.push(
      `alter role ${pg.escapeIdentifier(login)} with login password ${pg.escapeLiteral(scramVerifier(password))}`,
    )
    statements.push(joinGroup(`praxisbus_${kind}`, login))
    statements.push(`grant connect on database ${database} to ${pg.escapeIdentifier(login)}`)
  }
  statements.push(`revoke connect, temporary on database ${database} from public`)
  for (const statement of statements) await untilUncontended(() => client.query(statement))
}

function createRole(role: string, options: string): string {
  return `do $$ begin
    if not exists (select from pg_roles where rolname = ${pg.escapeLiteral(role)}) then create role ${pg.escapeIdentifier(role)} ${options}; end if;
  exception when duplicate_object or unique_violation then null;
  end $$`
}

/**
 * A new role has no powers. One that was there with some loses them; only then, since even naming SUPERUSER is denied to a
 * login that merely may create roles.
 */
function takePowers(role: string): string {
  return `do $$ begin
    if exists (select from pg_roles where rolname = ${pg.escapeLiteral(role)}
                  and (rolsuper or rolbypassrls or rolcreatedb or rolcreaterole or rolreplication)) then
      alter role ${pg.escapeIdentifier(role)} nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
    end if;
  end $$`
}

/** A member already needs no grant, which only the login that made the group may give. */
function joinGroup(group: string, role: string): string {
  return `do $$ begin
    if not pg_has_role(${pg.escapeLiteral(role)}, ${pg.escapeLiteral(group)}, 'member') then
      grant ${pg.escapeIdentifier(group)} to ${pg.escapeIdentifier(role)};
    end if;
  end $$`
}

/** Roles are rows of a catalogue that all databases share: two migrations at once see "tuple concurrently updated". */
async function untilUncontended(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work()
      return
    } catch (error) {
      if (attempt === 20 || !/concurrently/.test((error as Error).message)) throw error
      await new Promise((resolve) => setTimeout(resolve, 20 * attempt))
    }
  }
}
