import { afterAll, beforeAll } from '@jest/globals'
import { shareOwnGround } from './outage/site.ts'
import databaseAway from './scenarios/database-away.ts'
import kafkaAway from './scenarios/kafka-away.ts'
import redisAway from './scenarios/redis-away.ts'
import stopAway from './scenarios/stop-away.ts'
import { testShortForm } from './short-form.ts'

/** One PostgreSQL, Kafka and Redis of their own, which these take away one after another. */
let end: () => Promise<void>
beforeAll(() => {
  end = shareOwnGround()
})
afterAll(() => end?.(), 60_000)

testShortForm('P-07 P-04 PostgreSQL away: 503 within 2 s, no answer lost or doubled', databaseAway, 180_000)
testShortForm('P-02 P-04 Kafka away: commands go on, the backlog drains in order', kafkaAway, 120_000)
testShortForm('P-04 Redis away: only slower', redisAway, 60_000)
testShortForm(
  'P-02 P-04 SIGTERM while Kafka, PostgreSQL or Redis is away: stops in order, nothing is lost',
  stopAway,
  180_000,
)
