import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/** Testcontainers' own reaper is an image that many machines cannot fetch; ours (reaper.ts) needs none, and does the same. */
export function withoutRyuk(): void {
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true'
}

/** Only loaded where containers are asked for: testcontainers is large. */
async function runtime() {
  withoutRyuk()
  const { getContainerRuntimeClient } = await import('testcontainers')
  return getContainerRuntimeClient()
}

type Engine = Awaited<ReturnType<typeof runtime>>['container']['dockerode']

export const IMAGES = { postgres: 'postgres:18', kafka: 'apache/kafka:4.1.1', redis: 'redis:8' } as const

const ANSWER_MS = 5_000
/** Longer than a good line needs for the three; who has a bad one is not kept waiting at each run. */
const PULL_MS = 60_000

/** Why the servers cannot run as containers here, in words; undefined where they can. Fetches images that are missing. */
export async function whyNoContainers(
  images: readonly string[] = Object.values(IMAGES),
  pullMs = PULL_MS,
): Promise<string | undefined> {
  const client = await within(ANSWER_MS, runtime()).catch(() => undefined)
  if (!client) return 'no Docker engine answers'
  const engine = client.container.dockerode
  // Kafka tells its clients an address, which is to be this machine's. In a container that was given the engine's socket it is not.
  const { host } = client.info.containerRuntime
  const name = await within(ANSWER_MS, engine.info()).then(
    (info) => (info as { Name: string }).Name,
    () => '',
  )
  if (host !== 'localhost' && name !== hostname())
    return `the Docker engine is on another machine (${name || host})`
  const deadline = performance.now() + pullMs
  for (const image of images) {
    const fault = await fetched(engine, image, deadline - performance.now()).catch((error: Error) => error)
    if (fault) return `the image ${image} cannot be had (${fault.message.split('\n')[0]!.slice(0, 120)})`
  }
  await removeOrphans(engine)
  return undefined
}

async function fetched(engine: Engine, image: string, withinMs: number): Promise<undefined> {
  const there = () =>
    engine
      .getImage(image)
      .inspect()
      .then(
        () => true,
        () => false,
      )
  if (await within(ANSWER_MS, there())) return
  let stream: NodeJS.ReadableStream | undefined
  try {
    const done = (async () => {
      stream = await engine.pull(image)
      for await (const _ of stream as AsyncIterable<unknown>) {
        // read to its end: that is when the image is there
      }
    })()
    await within(Math.max(1, withinMs), done)
  } finally {
    ;(stream as { destroy?: () => void } | undefined)?.destroy?.()
  }
  if (!(await there())) throw new Error('the engine could not fetch it')
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  work.catch(() => undefined) // may fail after it was given up
  const late = new AbortController()
  const timeout = sleep(ms, undefined, { signal: late.signal }).then(() => {
    throw new Error(`not within ${Math.round(ms / 1000)} s`)
  })
  timeout.catch(() => undefined)
  return await Promise.race([work, timeout]).finally(() => late.abort())
}

const LABEL = 'org.praxisbus.ground'

/** Which process a container belongs to: should that end together with its reaper, the next run clears up. */
export const ownerLabel = () => ({ [LABEL]: `${hostname()}/${process.pid}` })

async function removeOrphans(engine: Engine): Promise<void> {
  const found = await engine.listContainers({ all: true, filters: { label: [LABEL] } })
  const orphans = found.filter(({ Labels }) => {
    const [host, pid] = Labels[LABEL]!.split('/')
    return host === hostname() && !isAlive(Number(pid))
  })
  await Promise.allSettled(orphans.map(({ Id }) => engine.getContainer(Id).remove({ force: true, v: true })))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** For the reaper: removes containers that their process did not remove. */
export async function removeContainers(ids: readonly string[]): Promise<void> {
  const engine = (await runtime()).container.dockerode
  await Promise.allSettled(ids.map((id) => engine.getContainer(id).remove({ force: true, v: true })))
}
