import { SERVICES } from '@praxisbus/contracts/services.ts'
import { loginUrl } from '@praxisbus/runtime/migrate.ts'
import { envLines, type Values } from './env-file.ts'

/** Where the parts of docker-compose.yml find each other. */
const POSTGRES = 'postgres:5432'
const REDIS = 'redis:6379'
export const OWNER = 'praxisbus_owner'

/**
 * Who gets what: folder of the reader -> file -> content. Nobody gets more than it needs: a service its own two logins, and the
 * migration alone the one that owns the tables.
 */
export function handOut(values: Values): Record<string, Record<string, string>> {
  const secret = (name: string) => values[name]!
  const ownerUrl = postgresUrl(OWNER, secret('OWNER_PASSWORD'), 'postgres')
  const login = (service: string, kind: 'app' | 'relay') =>
    loginUrl(postgresUrl(OWNER, '', `praxisbus_${service}`), service, kind, passwordOf(service, kind))
  const passwordName = (service: string, kind: 'app' | 'relay') =>
    `${kind.toUpperCase()}_PASSWORD_${service.toUpperCase()}`
  const passwordOf = (service: string, kind: 'app' | 'relay') =>
    encodeURIComponent(secret(passwordName(service, kind)))
  const redisUrl = `redis://:${encodeURIComponent(secret('REDIS_PASSWORD'))}@${REDIS}`
  const passwords = SERVICES.flatMap((service) =>
    (['app', 'relay'] as const).map((kind) => passwordName(service, kind)),
  )
  return {
    postgres: {
      'superuser-password': secret('POSTGRES_PASSWORD'),
      'owner-password': secret('OWNER_PASSWORD'),
    },
    redis: { 'redis.conf': `requirepass ${quoted(secret('REDIS_PASSWORD'))}\n` },
    migrate: {
      env: envLines({
        DATABASE_ADMIN_URL: ownerUrl,
        ...Object.fromEntries(passwords.map((name) => [name, secret(name)])),
      }),
    },
    operator: {
      env: envLines(
        Object.fromEntries(
          SERVICES.map((service) => [`RELAY_DATABASE_URL_${service.toUpperCase()}`, login(service, 'relay')]),
        ),
      ),
    },
    ...Object.fromEntries(
      SERVICES.map((service) => [
        service,
        {
          env: envLines({
            DATABASE_URL: login(service, 'app'),
            RELAY_DATABASE_URL: login(service, 'relay'),
            REDIS_URL: redisUrl,
          }),
        },
      ]),
    ),
    trial: { env: envLines({ ISSUER_COOKIE_KEY: secret('TRIAL_COOKIE_KEY') }) },
    grafana: { 'admin-password': secret('GRAFANA_PASSWORD') },
  }
}

function postgresUrl(user: string, password: string, database: string): string {
  return `postgres://${user}:${encodeURIComponent(password)}@${POSTGRES}/${database}`
}

/** As redis.conf has it. */
function quoted(value: string): string {
  return `"${value.replaceAll(/["\\]/g, '\\$&')}"`
}
