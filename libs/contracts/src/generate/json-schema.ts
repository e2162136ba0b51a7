import { z } from 'zod'
import type { EventContract } from '../event.ts'
import { eventSchemaId } from '../schema-id.ts'

export type Json = { readonly [keyword: string]: unknown }

/** What a contract promises besides the shape of its data. Kept in the schema file, so that one file is the whole contract. */
export interface ContractTerms {
  readonly topic: string
  readonly version: number
  readonly owner: string
  /** What the key is the id of. */
  readonly aggregate: string
  readonly compacted: boolean
  /** Kafka chooses a key's partition by this number: another number breaks a key's order. */
  readonly partitions: number
}

export interface EventSchema extends Json {
  readonly 'x-praxisbus': ContractTerms
}

/** The published JSON Schema 2020-12 of an event's data. */
export function eventSchema(contract: EventContract): EventSchema {
  const { topic, version, owner, aggregate, compacted, partitions } = contract
  const { $schema, ...shape } = dataSchema(contract, 'draft-2020-12')
  return {
    $schema,
    $id: eventSchemaId(contract),
    title: `${topic} v${version}`,
    description: contract.description,
    'x-praxisbus': { topic, version, owner, aggregate, compacted, partitions },
    ...shape,
  }
}

/**
 * The data alone. `io: 'input'` because a reader must accept what it describes: fields it does not know are tolerated
 * (zod's output side would say `additionalProperties: false`), and a field with a default may be absent.
 */
export function dataSchema(contract: EventContract, target: 'draft-2020-12' | 'draft-07'): Json {
  return z.toJSONSchema(contract.data, { io: 'input', target }) as Json
}
