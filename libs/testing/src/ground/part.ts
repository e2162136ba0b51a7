import type { KafkaServer } from './kafka.ts'
import type { PostgresServer } from './postgres.ts'
import type { RedisServer } from './redis.ts'

/** Where the three servers are; plain data, handed from process to process. */
export interface GroundAddresses {
  postgres: { adminUrl: string }
  /** `host:port`, several separated by commas. */
  kafka: { brokers: string }
  redis: { url: string }
}

/** One part, once it is there. */
export interface Part<Address, Started = unknown> {
  address: Address
  server?: Started
  stop?: () => Promise<void>
}

export interface PartStarters {
  postgres: () => Promise<Part<GroundAddresses['postgres'], PostgresServer>>
  kafka: () => Promise<Part<GroundAddresses['kafka'], KafkaServer>>
  redis: () => Promise<Part<GroundAddresses['redis'], RedisServer>>
}
