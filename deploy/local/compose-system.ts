import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { EXIT, Fault } from './fault.ts'
import { type Home, ROOT, SERVICES, type ServiceName } from './home.ts'
import type { Reachable } from './services.ts'

const run = promisify(execFile)

/** Ports inside the containers: Dockerfile and docker-compose.yml. */
const HTTP = 8080
const GRPC = 9090
const ISSUER = 4100
const KAFKA_DOOR = 4192

const container = z.object({
  Service: z.string(),
  State: z.string(),
  Publishers: z.array(z.object({ TargetPort: z.number(), PublishedPort: z.number() })).nullable(),
})
const containers = z.array(container)
type Container = z.output<typeof container>

const configuration = z.object({
  services: z.object({
    scheduler: z.object({
      environment: z.object({ KAFKA_TOPIC_PREFIX: z.string(), SMTP_URL: z.string().nullish() }),
    }),
  }),
})

/**
 * Where the containers of docker-compose.yml listen on this host. Asked of Docker, since each replica gets the next port of a range.
 * `home` is where results are kept. Throws a Fault where a part that the day needs does not run.
 */
export async function composeSystem(home: Home): Promise<Reachable> {
  const running = readContainers(await compose('ps', '--format', 'json'))
  const config = configuration.parse(JSON.parse(await compose('config', '--format', 'json')))
  const { environment } = config.services.scheduler
  const port = (service: string, target: number) => portOf(running, service, target)
  const each = (target: number) =>
    Object.fromEntries(SERVICES.map((service) => [service, port(service, target)])) as Record<
      ServiceName,
      number
    >
  const folder = join(home.folder, 'compose')
  return {
    home: {
      ...home,
      folder,
      data: folder,
      ports: { ...home.ports, issuer: port('trial', ISSUER), http: each(HTTP), grpc: each(GRPC) },
    },
    brokers: `127.0.0.1:${port('trial', KAFKA_DOOR)}`,
    topicPrefix: environment.KAFKA_TOPIC_PREFIX,
    // The containers have no stand-in for Stripe: what would be paid online is invoiced.
    paysOnline: false,
    sendsEmail: Boolean(environment.SMTP_URL),
    // What the trial took lies in its volume, and may be another server's by setting.
    mailbox: undefined,
    // None for Google either, and a real calendar is nothing to play with.
    google: undefined,
  }
}

/** Compose prints one JSON document for each container; before 2.21 one array of all. */
export function readContainers(text: string): Container[] {
  const documents = text.trim().startsWith('[')
    ? JSON.parse(text)
    : text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
  return containers.parse(documents)
}

/** Ports on the host, one for each replica that runs. */
export function portsOf(running: readonly Container[], service: string, target: number): number[] {
  return running
    .filter(({ Service, State }) => Service === service && State === 'running')
    .flatMap(({ Publishers }) => Publishers ?? [])
    .filter(({ TargetPort, PublishedPort }) => TargetPort === target && PublishedPort > 0)
    .map(({ PublishedPort }) => PublishedPort)
}

function portOf(running: readonly Container[], service: string, target: number): number {
  const [port] = portsOf(running, service, target)
  if (port) return port
  throw new Fault(
    `No container of ${service} runs whose port ${target} is open on this host.`,
    service === 'trial'
      ? 'The day needs the sign-in of the trial: start without PRAXISBUS_TRIAL=0.'
      : 'Start the system: docker compose up -d --wait. `docker compose ps -a` shows what runs.',
    EXIT.failed,
  )
}

async function compose(...args: string[]): Promise<string> {
  try {
    return (await run('docker', ['compose', ...args], { cwd: ROOT, maxBuffer: 16 << 20 })).stdout
  } catch (error) {
    const { code, stderr, message } = error as { code?: string | number; stderr?: string; message: string }
    if (code === 'ENOENT')
      throw new Fault('There is no `docker` here.', 'Install Docker Engine and its compose plugin.')
    throw new Fault(
      `docker compose ${args[0]}: ${(stderr || message).trim()}`,
      'Does the engine run? docker info',
    )
  }
}
