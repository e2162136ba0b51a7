import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'

const HOST = '127.0.0.1'

interface PortRange {
  readonly from: number
  readonly below: number
}

/**
 * All below the range that systems give to outgoing connections (32768 and up on Linux): a port from there may be in use by
 * some client when its server comes back after a restart. Kafka and PostgreSQL have a range of their own: tests kill them,
 * and while Kafka is away for ten seconds nobody who looks for a free port must find its.
 */
const PORTS: PortRange = { from: 15_000, below: 32_000 }
export const SERVER_PORTS: PortRange = { from: 10_000, below: 15_000 }

/** What this process was told lately: who was told a port may not listen on it yet. */
const told = new Set<number>()
const REMEMBERED = 1_000

/** A port on the loopback that nobody listens on, and that nobody else in this process was told of lately. */
export async function freePort({ from, below }: PortRange = PORTS): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const port = randomInt(from, below)
    if (told.has(port)) continue
    told.add(port)
    if (told.size > REMEMBERED) told.delete(told.values().next().value!)
    if (await isPortFree(port)) return port
  }
  throw new Error(`no free port found between ${from} and ${below}`)
}

export async function freePorts(count: number, range?: PortRange): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) ports.push(await freePort(range))
  return ports
}

export async function isPortFree(port: number): Promise<boolean> {
  const probe = createServer()
  try {
    probe.listen(port, HOST)
    await once(probe, 'listening')
    return true
  } catch {
    return false
  } finally {
    probe.close()
  }
}

/** Whether a server answers `hello`, sent to this port, in a way that `accept` takes. */
export function answers(
  port: number,
  hello: string | Buffer,
  accept: (answer: Buffer) => boolean,
  host = HOST,
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host })
    const done = (yes: boolean) => {
      socket.destroy()
      resolve(yes)
    }
    socket.setTimeout(2000, () => done(false))
    socket.on('error', () => done(false))
    socket.on('connect', () => socket.write(hello))
    socket.on('data', (answer: Buffer) => done(accept(answer)))
    socket.on('end', () => done(false))
  })
}
