import type { EventContract } from './event.ts'

/**
 * `urn:praxisbus:schema:encounter.released:v1`: the `$id` of an event's JSON Schema and its CloudEvents `dataschema`.
 * A URN, because the schema is found by its name in `schemas/`, and no host has to answer for a message to be read.
 */
export function eventSchemaId(contract: Pick<EventContract, 'topic' | 'version'>): string {
  return `urn:praxisbus:schema:${contract.topic}:v${contract.version}`
}
