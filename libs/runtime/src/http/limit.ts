import { Redis } from 'ioredis'
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { Log } from '../log.ts'
import type { Principal } from '../principal.ts'
import { HttpFault, problem } from './problem.ts'

export interface Limiter {
  /** `cost`: how many requests this one counts for. */
  limit(principal: Principal, cost?: number): Promise<void>
  /** false: Redis is away, and nobody is held back. */
  counting(): boolean
  close(): Promise<void>
}

/** Longer than Redis needs on a bad day, shorter than a person notices. */
const REDIS_TIMEOUT_MS = 100
/** Silent for so long, Redis is away, and nobody waits for it any more until a new connection to it is there. */
const REDIS_SILENCE_MS = 400
const WINDOW_SECONDS = 60

/** Counts requests per user and minute in Redis. Without Redis nobody is held back: care goes on (docs/decisions/0008-redis.md). */
export function openLimiter(
  redisUrl: string | undefined,
  perMinute: number,
  service: string,
  log: Log,
): Limiter {
  if (!redisUrl) return { limit: async () => undefined, counting: () => true, close: async () => undefined }
  const redis = new Redis(redisUrl, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: REDIS_TIMEOUT_MS,
    socketTimeout: REDIS_SILENCE_MS,
    connectTimeout: 2_000,
    retryStrategy: (times) => Math.min(times * 200, 2_000),
  })
  redis.on('error', (error) => log.debug({ err: error }, 'Redis is away'))
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    points: perMinute,
    duration: WINDOW_SECONDS,
    keyPrefix: `limit:${service}`,
  })
  return {
    limit: async (principal, cost = 1) => {
      const user = `${principal.practiceId}:${principal.userId}`
      try {
        await limiter.consume(user, cost)
      } catch (verdict) {
        if (!(verdict instanceof RateLimiterRes)) return
        // The clock of Redis was set back: its minute would last until that clock has caught up.
        if (verdict.msBeforeNext > WINDOW_SECONDS * 1000) {
          await limiter.delete(user).catch(() => undefined)
          return
        }
        const seconds = String(Math.max(1, Math.ceil(verdict.msBeforeNext / 1000)))
        throw new HttpFault(
          problem(
            429,
            'too_many_requests',
            `More than ${Math.floor(perMinute / cost)} requests in a minute.`,
            `Wait ${seconds} s and go on.`,
          ),
          { 'retry-after': seconds },
        )
      }
    },
    counting: () => redis.status === 'ready',
    close: async () => {
      redis.disconnect()
    },
  }
}
