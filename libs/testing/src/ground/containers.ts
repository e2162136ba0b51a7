import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers'
import { coordinates } from './kafka.ts'
import type { PartStarters } from './part.ts'
import { freePort } from './ports.ts'
import { waitFor } from './wait.ts'

/** The same three servers as containers of the official images. Their data goes with them. */
export function containerStarters(): PartStarters {
  return { postgres, kafka, redis }
}

const stopping = (container: StartedTestContainer) => async () => {
  await container.stop()
}

async function postgres() {
  const container = await new GenericContainer('postgres:18')
    .withExposedPorts(5432)
    .withEnvironment({ POSTGRES_PASSWORD: 'praxisbus' })
    .withCommand(['-c', 'wal_level=logical', '-c', 'max_connections=300', '-c', 'timezone=UTC'])
    // Once for the set-up run inside, once for the real one.
    .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
    .start()
  const address = `${container.getHost()}:${container.getMappedPort(5432)}`
  return {
    address: { adminUrl: `postgres://postgres:praxisbus@${address}/postgres` },
    stop: stopping(container),
  }
}

/** Kafka tells clients its own address, so the port must be known before it starts, and the engine be on this machine. */
async function kafka() {
  const port = await freePort()
  const container = await new GenericContainer('apache/kafka:4.1.1')
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: 'HOST://:9092,BROKER://:19092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `HOST://localhost:${port},BROKER://localhost:19092`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'HOST:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'BROKER',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '4',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS: '2',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start()
  await waitFor(() => coordinates(port), 60_000, 'Kafka in its container to serve groups')
  return { address: { brokers: `localhost:${port}` }, stop: stopping(container) }
}

async function redis() {
  const container = await new GenericContainer('redis:8')
    .withExposedPorts(6379)
    .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
    .start()
  return {
    address: { url: `redis://${container.getHost()}:${container.getMappedPort(6379)}` },
    stop: stopping(container),
  }
}
