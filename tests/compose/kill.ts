import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { waitFor } from '@praxisbus/testing'
import type { Installation } from './installation.ts'

const run = promisify(execFile)

/** The replica whose relay publishes; `urls` are those of all. */
export async function leaders(urls: readonly string[]): Promise<string[]> {
  const leading = await Promise.all(
    urls.map(async (url) => {
      const text = await fetch(`${url}/metrics`).then(
        (answer) => answer.text(),
        () => '',
      )
      return /^relay_leader\S* 1$/m.test(text) ? [url] : []
    }),
  )
  return leading.flat()
}

export async function killLeader(there: Installation, urls: readonly string[]): Promise<string> {
  const [leader] = await leaders(urls)
  const filters = ['--filter', `publish=${new URL(leader!).port}`]
  const container = await docker(there, 'ps', ...filters, '--format', '{{.Names}}')
  await kill9(there, container)
  return container
}

/** Kills a server and waits until Docker has brought it back; returns how long that took. */
export async function killServer(there: Installation, service: string, patienceMs: number): Promise<number> {
  const container = (await there.compose('ps', '--quiet', service)).trim()
  const state = () =>
    docker(there, 'inspect', '--format', '{{.RestartCount}} {{.State.Health.Status}}', container)
  const [restarts] = (await state()).split(' ')
  const killedMs = performance.now()
  await kill9(there, container)
  const back = async () => (await state()) === `${Number(restarts) + 1} healthy`
  await waitFor(back, patienceMs, `${service} to be back`)
  return performance.now() - killedMs
}

/**
 * As the kernel does when memory runs out. `docker kill` would count as the operator's wish to stop, and from within a container
 * nobody kills its first process; so another container does that sees all processes of the host.
 */
async function kill9(there: Installation, container: string): Promise<void> {
  const pid = await docker(there, 'inspect', '--format', '{{.State.Pid}}', container)
  const rights = [
    '--pid',
    'host',
    '--network',
    'none',
    '--user',
    '0',
    '--cap-drop',
    'ALL',
    '--cap-add',
    'KILL',
  ]
  const image = `praxisbus:${there.env.PRAXISBUS_VERSION}`
  await docker(there, 'run', '--rm', ...rights, image, '-e', `process.kill(${Number(pid)}, 'SIGKILL')`)
}

async function docker(there: Installation, ...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { env: there.env })
  return stdout.trim()
}
