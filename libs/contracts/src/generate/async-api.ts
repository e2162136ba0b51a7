import type { EventContract } from '../event.ts'
import { eventType } from '../event.ts'
import { eventSchemaId } from '../schema-id.ts'
import { dataSchema, type Json } from './json-schema.ts'

const DAY_MS = 86_400_000
const KAFKA_BINDING = '0.5.0'

/** AsyncAPI 3.0 of all topics (mission P-03). Payloads are in draft-07, the dialect that AsyncAPI's own tools read. */
export function asyncApi(events: readonly EventContract[], version: string): Json {
  const byTopic = Map.groupBy(events, ({ topic }) => topic)
  const topics = [...byTopic].map(([topic, contracts]) => ({ topic, contracts, newest: contracts.at(-1)! }))
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Praxisbus events',
      version,
      description:
        'Facts of a practice, published by the service that owns them. Each message is a CloudEvent 1.0 in binary mode of ' +
        'the Kafka protocol binding: attributes are headers, data is the JSON body. Facts about one key arrive in order; ' +
        'a fact may arrive more than once, with the same ce_id. An installation may put a prefix before every topic name.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      tags: [...new Set(events.map(({ owner }) => owner))].map((name) => ({ name })),
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(topics.map(({ topic, contracts }) => [topic, channel(contracts)])),
    operations: Object.fromEntries(
      topics.map(({ topic, contracts, newest }) => [
        `${newest.owner}.send.${topic}`,
        {
          action: 'send',
          channel: { $ref: `#/channels/${topic}` },
          summary: newest.description,
          tags: [{ name: newest.owner }],
          messages: contracts.map((contract) => ({
            $ref: `#/channels/${topic}/messages/${messageName(contract)}`,
          })),
        },
      ]),
    ),
    components: {
      messages: Object.fromEntries(events.map((contract) => [messageName(contract), message(contract)])),
    },
  }
}

function messageName({ topic, version }: EventContract): string {
  return `${topic}.v${version}`
}

function channel(contracts: readonly EventContract[]): Json {
  const { topic, description, compacted, retentionDays, partitions } = contracts.at(-1)!
  return {
    address: topic,
    description,
    messages: Object.fromEntries(
      contracts.map((contract) => [
        messageName(contract),
        { $ref: `#/components/messages/${messageName(contract)}` },
      ]),
    ),
    bindings: {
      kafka: {
        bindingVersion: KAFKA_BINDING,
        topic,
        partitions,
        topicConfiguration: compacted
          ? { 'cleanup.policy': ['compact'] }
          : { 'cleanup.policy': ['delete'], 'retention.ms': retentionDays * DAY_MS },
      },
    },
  }
}

function message(contract: EventContract): Json {
  const { $schema, ...payload } = dataSchema(contract, 'draft-07')
  return {
    name: messageName(contract),
    title: eventType(contract),
    summary: contract.description,
    contentType: 'application/json',
    correlationId: { location: '$message.header#/ce_correlationid' },
    headers: headers(contract),
    payload,
    bindings: {
      kafka: {
        bindingVersion: KAFKA_BINDING,
        key: { type: 'string', format: 'uuid', description: `Id of the ${contract.aggregate}` },
      },
    },
  }
}

function headers(contract: EventContract): Json {
  const required = {
    ce_specversion: { type: 'string', const: '1.0' },
    ce_id: {
      type: 'string',
      format: 'uuid',
      description: 'Of this fact; drop a message whose id was handled before',
    },
    ce_type: { type: 'string', const: eventType(contract) },
    ce_source: { type: 'string', const: `/praxisbus/${contract.owner}` },
    ce_subject: {
      type: 'string',
      format: 'uuid',
      description: `Id of the ${contract.aggregate}, the same as the key`,
    },
    ce_time: { type: 'string', format: 'date-time', description: 'When it happened, UTC' },
    ce_dataschema: { type: 'string', const: eventSchemaId(contract) },
    ce_practiceid: { type: 'string', format: 'uuid' },
    ce_sequence: {
      type: 'string',
      pattern: '^[1-9][0-9]*$',
      description: `Version of the ${contract.aggregate} after this fact; orders facts of several topics`,
    },
    ce_correlationid: { type: 'string', description: 'The same over all that followed from one request' },
    ce_traceparent: { type: 'string', description: 'W3C trace context' },
    'content-type': { type: 'string', const: 'application/json' },
  }
  const ce_causationid = {
    type: 'string',
    format: 'uuid',
    description: 'ce_id of the fact that this one reacts to',
  }
  return { type: 'object', required: Object.keys(required), properties: { ...required, ce_causationid } }
}
