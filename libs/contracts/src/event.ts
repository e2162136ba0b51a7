import type { z } from 'zod'
import type { ServiceName } from './services.ts'

/**
 * A fact as services and partners agree on it: one topic, one key, one versioned schema.
 * The topic is the fact's name; the key is the id of the aggregate it happened to, so that one aggregate's
 * facts stay in order (mission P-02, P-03).
 */
export interface EventContract<Data = unknown> {
  readonly topic: string
  readonly version: number
  readonly owner: ServiceName
  /** What the key is the id of: `appointment`, `encounter`, … */
  readonly aggregate: string
  /** true: state that others copy. Each message carries the whole record; the topic keeps the newest of each key. */
  readonly compacted: boolean
  /** Days a message is kept; compacted topics keep the newest per key for ever. */
  readonly retentionDays: number
  readonly partitions: number
  readonly description: string
  readonly data: z.ZodType<Data>
}

type Definition<Data> = Omit<EventContract<Data>, 'compacted' | 'retentionDays' | 'partitions'> &
  Partial<Pick<EventContract<Data>, 'compacted' | 'retentionDays' | 'partitions'>>

/** Six partitions: enough for three replicas of a service to share, few enough for one small machine. */
const DEFAULT_PARTITIONS = 6
/** A partner that was away for a month must still find everything. */
const DEFAULT_RETENTION_DAYS = 90

export function defineEvent<Data>(definition: Definition<Data>): EventContract<Data> {
  return {
    compacted: false,
    retentionDays: DEFAULT_RETENTION_DAYS,
    partitions: DEFAULT_PARTITIONS,
    ...definition,
  }
}

/** `praxisbus.encounter.released.v1`: the CloudEvents type of a contract. */
export function eventType(contract: EventContract): string {
  return `praxisbus.${contract.topic}.v${contract.version}`
}
