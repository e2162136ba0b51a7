import { connect } from 'node:net'
import pg from 'pg'
import { GroundFault } from './fault.ts'
import { speaksKafka } from './kafka.ts'
import { answers } from './ports.ts'

/**
 * Servers that the environment names. Each is asked before it is used: without that, a wrong address shows up a minute
 * later as four services that do not become ready.
 */
const PATIENCE_MS = 5_000

export async function ownPostgres(url: string): Promise<string> {
  const { host, port } = addressIn(url, 'DATABASE_ADMIN_URL', ['postgres:', 'postgresql:'], 5432)
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: PATIENCE_MS })
  client.on('error', () => {})
  try {
    await client.connect()
    return url
  } catch (error) {
    throw new GroundFault(
      `The PostgreSQL at ${host}:${port} (DATABASE_ADMIN_URL or DATABASE_URL_<SERVICE>) cannot be used: ${(error as Error).message}`,
      'Start it, or put the address and the login right; without the setting a PostgreSQL is started here.',
      { cause: error },
    )
  } finally {
    await client.end().catch(() => {})
  }
}

export async function ownKafka(brokers: string): Promise<string> {
  const found = await Promise.all(
    brokers.split(',').map(async (broker) => {
      const [, host, port] = /^([^:\s]+|\[[^\]]+\]):(\d{1,5})$/.exec(broker.trim()) ?? []
      if (host && Number(port) < 65_536) return await speaksKafka(host, Number(port))
      throw new GroundFault(
        `KAFKA_BROKERS is "${brokers}"; that is not host:port,host:port.`,
        'For instance: KAFKA_BROKERS=127.0.0.1:9092',
      )
    }),
  )
  if (found.some(Boolean)) return brokers
  throw new GroundFault(
    `No Kafka answers at ${brokers} (KAFKA_BROKERS).`,
    'Start it, or put the address right; without the setting a Kafka is started here.',
  )
}

/** With TLS (`rediss:`) only whether somebody listens: what is behind it the services find out. */
export async function ownRedis(url: string): Promise<string> {
  const { host, port, protocol } = addressIn(url, 'REDIS_URL', ['redis:', 'rediss:'], 6379)
  const there =
    protocol === 'rediss:'
      ? await listens(host, port)
      : await answers(port, 'PING\r\n', (answer) => /^(\+PONG|-NOAUTH)/.test(answer.toString()), host)
  if (there) return url
  throw new GroundFault(
    `No Redis answers at ${host}:${port} (REDIS_URL).`,
    'Start it, or put the address right; without the setting a Redis is started here.',
  )
}

function addressIn(url: string, setting: string, protocols: readonly string[], usualPort: number) {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed && protocols.includes(parsed.protocol)) {
    const host = parsed.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1'
    return { host, port: Number(parsed.port || usualPort), protocol: parsed.protocol }
  }
  throw new GroundFault(
    `${setting} is not an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}.`,
    `For instance: ${setting}=${protocols[0]}//${setting === 'REDIS_URL' ? '' : 'login:password@'}127.0.0.1:${usualPort}`,
  )
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE_MS })
    const done = (yes: boolean) => {
      socket.destroy()
      resolve(yes)
    }
    socket.on('connect', () => done(true))
    socket.on('error', () => done(false))
    socket.on('timeout', () => done(false))
  })
}
