import { execFile, execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { SERVICES } from '@praxisbus/contracts'
import { freePort, freePorts } from '@praxisbus/testing'
import { isPortFree } from '@praxisbus/testing/ground/ports.ts'
import { portsOf, readContainers } from '../../deploy/local/compose-system.ts'
import { ROOT } from './file.ts'

const run = promisify(execFile)

/** An installation by docker-compose.yml that shares nothing with another: its folder, project, images, ports are its own. */
export interface Installation {
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  /** Its output; throws where it ends with another code than 0. */
  compose(...args: string[]): Promise<string>
  /** Runs commands of an operator in its folder, one after the other until one fails. */
  shell(commands: string): Promise<string>
  /** Runs a script of this repository with Node, there. */
  node(...args: string[]): Promise<string>
  /** `host:port` of each running replica, for a port inside. */
  addresses(service: string, port: number): Promise<string[]>
  remove(): Promise<void>
}

const REPLICAS = 10
const PATIENCE_MS = 15 * 60_000

/** A clean clone: the files of this repository as they are now, without what git ignores. */
export async function newInstallation(name: string): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`))
  for (const file of filesOfRepository()) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(ROOT, file), join(folder, file))
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const version = name
  const env = {
    ...withoutSettings(process.env),
    ...(await ownPorts()),
    COMPOSE_PROJECT_NAME: name,
    PRAXISBUS_VERSION: version,
    RATE_LIMIT_PER_MINUTE: '1000000',
  }
  const started = (command: string, args: string[]) =>
    run(command, args, { cwd: folder, env, timeout: PATIENCE_MS, maxBuffer: 64 << 20 }).then(
      ({ stdout }) => stdout,
      (error: { stderr?: string; stdout?: string; message: string }) => {
        const said = `${error.stdout ?? ''}${error.stderr ?? ''}`.trim().split('\n').slice(-25).join('\n')
        throw new Error(`${command} ${args.join(' ')} failed:\n${said || error.message}`)
      },
    )
  const compose = (...args: string[]) => started('docker', ['compose', '--progress', 'quiet', ...args])
  return {
    folder,
    env,
    compose,
    shell: (commands) => started('sh', ['-euc', commands]),
    node: (...args) => started(process.execPath, ['--disable-warning=ExperimentalWarning', ...args]),
    addresses: async (service, port) =>
      portsOf(readContainers(await compose('ps', '--format', 'json')), service, port).map(
        (published) => `127.0.0.1:${published}`,
      ),
    remove: async () => {
      await compose('--profile', '*', 'down', '--volumes', '--timeout', '10')
      await run('docker', ['image', 'rm', `praxisbus:${version}`, `praxisbus-trial:${version}`]).catch(
        () => undefined,
      )
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

function filesOfRepository(): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
  })
  const deleted = execFileSync('git', ['ls-files', '-z', '--deleted'], { cwd: ROOT }).toString().split('\0')
  return listed
    .toString()
    .split('\0')
    .filter((file) => file && !deleted.includes(file))
}

/** What a shell has exported must not change what is checked. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const needed =
    /^(PATH|HOME|TMPDIR|LANG|LC_.*|XDG_.*|DOCKER_.*|BUILDKIT_.*|.*_proxy|.*_PROXY|NODE_EXTRA_CA_CERTS)$/
  return Object.fromEntries(Object.entries(env).filter(([name]) => needed.test(name)))
}

async function ownPorts(): Promise<Record<string, string>> {
  const [issuer, kafka] = await freePorts(2)
  const ports: Record<string, string> = { TRIAL_ISSUER_PORT: `${issuer}`, TRIAL_KAFKA_PORT: `${kafka}` }
  const taken: number[] = []
  for (const service of SERVICES) {
    for (const kind of ['HTTP', 'GRPC']) {
      const first = await freeRange(taken)
      taken.push(first)
      ports[`${service.toUpperCase()}_${kind}_PORTS`] = `${first}-${first + REPLICAS - 1}`
    }
  }
  return ports
}

async function freeRange(taken: readonly number[]): Promise<number> {
  for (;;) {
    const first = await freePort()
    const range = Array.from({ length: REPLICAS }, (_, index) => first + index)
    const near = taken.some((other) => Math.abs(other - first) < REPLICAS)
    if (!near && (await Promise.all(range.map(isPortFree))).every(Boolean)) return first
  }
}
