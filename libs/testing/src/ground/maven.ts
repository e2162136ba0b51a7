import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { GroundFault } from './fault.ts'
import { removeAtEnd, spawnManaged } from './processes.ts'
import { explainCommon } from './server.ts'

const run = promisify(execFile)

/** Below the repository: what is downloaded once and kept. */
export const REPOSITORY = join(import.meta.dirname, '../../../..')
export const DEFAULT_CACHE = join(REPOSITORY, '.praxisbus/cache')

/**
 * Fills `folder` once: `fill` works in a new folder beside it, which gets the name only when all is there, so a download
 * cut short is never used, and two runs at a time do each other no harm.
 */
export async function fillOnce(folder: string, fill: (newFolder: string) => Promise<void>): Promise<string> {
  if (await exists(folder)) return folder
  await mkdir(dirname(folder), { recursive: true })
  const fresh = await mkdtemp(`${folder}.part-`)
  removeAtEnd(fresh)
  try {
    await fill(fresh)
    await rename(fresh, folder).catch(async (error) => {
      if (!(await exists(folder))) throw error
    })
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  return folder
}

const exists = async (folder: string) => (await readdir(folder).catch(() => [])).length > 0

/** Copies the jars that a pom names into `folder`. */
export async function copyJars(pom: string, folder: string, name: string): Promise<void> {
  await run('mvn', ['--version']).catch((error) => {
    throw new GroundFault(
      `Maven (mvn) is missing or does not run; it fetches ${name} once.`,
      'Debian, Ubuntu: apt-get install maven · macOS: brew install maven',
      { cause: error },
    )
  })
  const goal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies'
  const args = ['-B', '-q', '-f', pom, goal, `-DoutputDirectory=${folder}`, '-DincludeScope=runtime']
  const logFile = join(folder, 'maven.log')
  const maven = await spawnManaged({ name: 'Maven', command: 'mvn', args, logFile })
  const { code } = await maven.exited
  const said = await readFile(logFile, 'utf8')
  await rm(logFile)
  if (code === 0) return
  const errors = said.split('\n').filter((line) => line.startsWith('[ERROR]'))
  throw (
    explainCommon(said, `Maven, fetching ${name},`) ??
    new GroundFault(
      `Maven could not fetch ${name}:\n${errors.slice(0, 4).join('\n')}`,
      'Check the way to Maven Central (proxy, mirror in ~/.m2/settings.xml), then start again.',
    )
  )
}

/** The `java` to use, from JAVA_HOME or PATH. Kafka 4 needs 17. */
export async function findJava(): Promise<string> {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin/java') : 'java'
  const cure =
    'Install a JDK 17 or newer (Debian, Ubuntu: apt-get install openjdk-17-jdk-headless), or set JAVA_HOME.'
  const version = await run(java, ['-version']).catch((error) => {
    throw new GroundFault(`Java is missing (${java}); Kafka runs on it.`, cure, { cause: error })
  })
  const major = Number(/version "(\d+)/.exec(version.stderr)?.[1])
  if (major >= 17) return java
  const found = version.stderr.split('\n')[0]
  throw new GroundFault(`Java is too old for Kafka, which needs 17: ${found}`, cure)
}
