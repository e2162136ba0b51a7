import { randomBytes } from 'node:crypto'
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers'
import { IMAGES, ownerLabel, withoutRyuk } from './engine.ts'
import { coordinates, ONE_NODE } from './kafka.ts'
import type { PartStarters } from './part.ts'
import { freePort } from './ports.ts'
import { INITDB_LOCALE, postgresSettings } from './postgres.ts'
import { releaseContainer, removeContainerAtEnd } from './processes.ts'
import { CACHE_SETTINGS } from './redis.ts'
import { waitFor } from './wait.ts'

const START_MS = 120_000

export interface ContainerOptions {
  /** As in GroundOptions. */
  readonly durable?: boolean
  readonly ports?: { readonly postgres?: number; readonly kafka?: number; readonly redis?: number }
}

/** The same three servers as containers of the official images, with the same settings. Their data goes with them. */
export function containerStarters({ durable = true, ports = {} }: ContainerOptions = {}): PartStarters {
  withoutRyuk()
  return {
    postgres: () => postgres(durable, ports.postgres),
    kafka: () => kafka(ports.kafka),
    redis: () => redis(ports.redis),
  }
}

/** On the host the port that was asked for, else a free one. */
const exposed = (container: number, host: number | undefined) =>
  host === undefined ? container : { container, host }

async function started(container: GenericContainer): Promise<StartedTestContainer> {
  const running = await container.withLabels(ownerLabel()).withStartupTimeout(START_MS).start()
  removeContainerAtEnd(running.getId())
  return running
}

const stopping = (container: StartedTestContainer) => async () => {
  await container.stop({ timeout: 0 })
  releaseContainer(container.getId())
}

const HOST = '127.0.0.1'

async function postgres(durable: boolean, port: number | undefined) {
  const password = randomBytes(18).toString('base64url')
  const settings = Object.entries(postgresSettings(durable)).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  const container = await started(
    new GenericContainer(IMAGES.postgres)
      .withExposedPorts(exposed(5432, port))
      .withEnvironment({ POSTGRES_PASSWORD: password, POSTGRES_INITDB_ARGS: INITDB_LOCALE.join(' ') })
      .withCommand(settings)
      .withSharedMemorySize(256 * 1024 ** 2)
      // Once for the set-up run inside, once for the real one.
      .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2)),
  )
  const address = `${HOST}:${container.getMappedPort(5432)}`
  return {
    address: { adminUrl: `postgres://postgres:${password}@${address}/postgres` },
    stop: stopping(container),
  }
}

/** Kafka tells clients its own address, so the port must be known before it starts. */
async function kafka(asked: number | undefined) {
  const port = asked ?? (await freePort())
  const settings = Object.entries({ ...ONE_NODE, 'auto.create.topics.enable': false }).map(
    ([name, value]) => [`KAFKA_${name.toUpperCase().replaceAll('.', '_')}`, String(value)],
  )
  const container = await started(
    new GenericContainer(IMAGES.kafka)
      .withExposedPorts({ container: 9092, host: port })
      .withEnvironment({
        KAFKA_NODE_ID: '1',
        KAFKA_PROCESS_ROLES: 'broker,controller',
        KAFKA_LISTENERS: 'HOST://:9092,BROKER://:19092,CONTROLLER://:9093',
        KAFKA_ADVERTISED_LISTENERS: `HOST://${HOST}:${port},BROKER://localhost:19092`,
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'HOST:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
        KAFKA_INTER_BROKER_LISTENER_NAME: 'BROKER',
        KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
        KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
        KAFKA_HEAP_OPTS: '-Xmx512m',
        ...Object.fromEntries(settings),
      })
      .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/)),
  )
  await waitFor(() => coordinates(port), 60_000, 'Kafka in its container to serve groups')
  return { address: { brokers: `${HOST}:${port}` }, stop: stopping(container) }
}

async function redis(port: number | undefined) {
  const settings = Object.entries(CACHE_SETTINGS).flatMap(([name, value]) => [`--${name}`, value])
  const container = await started(
    new GenericContainer(IMAGES.redis)
      .withExposedPorts(exposed(6379, port))
      .withCommand(['redis-server', ...settings])
      .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/)),
  )
  return {
    address: { url: `redis://${HOST}:${container.getMappedPort(6379)}` },
    stop: stopping(container),
  }
}
