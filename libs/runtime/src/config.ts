import { z } from 'zod'

const hostPort = z.string().regex(/^[^\s:,]+:[0-9]{1,5}$/, 'host:port')
const port = z.coerce.number().int().min(0).max(65_535)
const postgresUrl = z.string().regex(/^postgres(ql)?:\/\//, 'a postgres:// URL')

/** Settings that every service has. Each service adds its own and is the only reader of its environment. */
export const serviceSettings = {
  SERVICE_HOST: z.string().default('127.0.0.1'),
  HTTP_PORT: port,
  GRPC_PORT: port,
  DATABASE_URL: postgresUrl,
  RELAY_DATABASE_URL: postgresUrl,
  KAFKA_BROKERS: z
    .string()
    .min(1)
    .transform((list) => list.split(',').map((broker) => broker.trim())),
  KAFKA_TOPIC_PREFIX: z
    .string()
    .regex(/^[a-zA-Z0-9._-]*$/)
    .default(''),
  KAFKA_REPLICATION_FACTOR: z.coerce.number().int().min(1).default(1),
  REDIS_URL: z.string().optional(),
  OIDC_ISSUER: z.url(),
  /** Where the issuer is asked for its keys, where a service reaches it by another address than people do. */
  OIDC_DISCOVERY_URL: z.url().optional(),
  OIDC_AUDIENCE: z.string().default('praxisbus'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  /** Requests a user may make in a minute before 429. */
  RATE_LIMIT_PER_MINUTE: z.coerce.number().int().min(1).default(6_000),
  /** Reverse proxies in front: of X-Forwarded-For so many entries from the right are theirs, the rest is what callers wrote. */
  TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  /** After SIGTERM: how long requests are still taken while balancers notice that this process is not ready. */
  SHUTDOWN_DELAY_MS: z.coerce.number().int().min(0).max(60_000).default(0),
}

/** host:port, where a name stands for all its addresses; or the addresses of the replicas themselves, with commas. */
export const peerAddress = z.union([
  hostPort,
  z
    .string()
    .regex(
      /^\d+(\.\d+){3}:\d{1,5}(,\d+(\.\d+){3}:\d{1,5})+$/,
      'host:port, or IPv4 addresses with ports and commas',
    )
    .transform((list) => `ipv4:${list}`),
])

export type ServiceSettings = z.output<z.ZodObject<typeof serviceSettings>>

export class ConfigError extends Error {}

/**
 * Reads the environment once, and names every fault at once rather than one per start. An empty setting is not set: compose
 * files and charts hand on what nobody filled in as an empty text.
 */
export function loadConfig<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: Record<string, string | undefined>,
): z.output<z.ZodObject<Shape>> {
  const set = Object.fromEntries(Object.keys(shape).map((name) => [name, env[name] || undefined]))
  const result = z.object(shape).safeParse(set)
  if (result.success) return result.data
  const faults = result.error.issues.map((issue) => {
    const name = issue.path.join('.')
    return `  ${name}: ${set[name] === undefined ? 'is not set' : issue.message}`
  })
  throw new ConfigError(
    `The environment of this service is not complete:\n${faults.join('\n')}\nSee docs/operating.md for each.`,
  )
}
