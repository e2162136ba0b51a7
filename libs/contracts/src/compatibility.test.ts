import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { eventIncompatibilities, incompatibilities } from './compatibility.ts'
import { defineEvent, type EventContract } from './event.ts'
import { EncounterReleased, EVENTS } from './events/index.ts'
import { type EventSchema, eventSchema } from './generate/json-schema.ts'

const line = z.object({ code: z.string().max(5), units: z.int().min(1), note: z.string().optional() })
const shape = {
  id: z.uuid(),
  status: z.enum(['draft', 'signed']),
  amount: z.int().nullable(),
  hint: z.string().optional(),
  lines: z.array(line),
  totals: z.record(z.string(), z.int()),
  place: z.tuple([z.string(), z.int()]),
  who: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('patient'), patientId: z.uuid() }),
    z.object({ kind: z.literal('payer'), payerId: z.uuid() }),
  ]),
}
type Fields = Record<string, z.ZodType>

function contract(fields: Fields, terms: Partial<EventContract> = {}): EventSchema {
  const definition = {
    topic: 'note.filed',
    version: 1,
    owner: 'ehr',
    aggregate: 'note',
    description: 'A note.',
  } as const
  return eventSchema(defineEvent({ ...definition, ...terms, data: z.object(fields) }))
}

const published = contract(shape)
const changedTo = (fields: Fields) => incompatibilities(published, contract({ ...shape, ...fields }))
const finding = (text: string) => [`note.filed.v1: ${text}; publish a v2 beside it`]

describe('P-03 what may happen to a published event', () => {
  test.each<[string, Fields]>([
    ['nothing', {}],
    ['an optional field is added', { comment: z.string().optional() }],
    ['an optional field that may be null is added', { comment: z.string().nullish() }],
    [
      'an optional object with required fields of its own is added',
      { site: z.object({ name: z.string() }).optional() },
    ],
    [
      'an optional field is added in the elements of a list',
      { lines: z.array(line.extend({ place: z.string().optional() })) },
    ],
    ['a description is written', { id: z.uuid().describe('of the note') }],
  ])('allowed: %s', (_, fields) => {
    expect(changedTo(fields)).toEqual([])
  })

  test('allowed: how long messages are kept', () => {
    expect(incompatibilities(published, contract(shape, { retentionDays: 7 }))).toEqual([])
  })

  test('allowed: a v2 beside the v1', () => {
    const v2 = contract({ id: z.uuid() }, { version: 2 })
    expect(
      eventIncompatibilities(
        { 'note.filed.v1': published },
        { 'note.filed.v1': published, 'note.filed.v2': v2 },
      ),
    ).toEqual([])
  })
})

describe('P-03 what breaks a published event is refused with the name of the field', () => {
  test.each<[string, Fields]>([
    ['comment was added as a required field (an optional one may be added)', { comment: z.string() }],
    [
      'comment was added as a required field (an optional one may be added)',
      { comment: z.string().nullable() },
    ],
    ['id became optional', { id: z.uuid().optional() }],
    ['hint became required', { hint: z.string() }],
    ['amount may no longer be null', { amount: z.int() }],
    ['id may now be null', { id: z.uuid().nullable() }],
    ['hint may now be null', { hint: z.string().nullish() }],
    ['hint changed type from string to boolean', { hint: z.boolean().optional() }],
    ['amount changed type from integer to string', { amount: z.string().nullable() }],
    [
      'amount changed type from integer to number',
      { amount: z.number().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER).nullable() },
    ],
    ['amount changed minimum from -9007199254740991 to 0', { amount: z.int().min(0).nullable() }],
    ['status gained the value "review"', { status: z.enum(['draft', 'review', 'signed']) }],
    ['status lost the value "draft"', { status: z.enum(['signed']) }],
    ['status is no longer a list of values', { status: z.string() }],
    ['hint changed maxLength from nothing to 10', { hint: z.string().max(10).optional() }],
    ['hint changed format from nothing to "uri"', { hint: z.url().optional() }],
    ['lines changed maxItems from nothing to 12', { lines: z.array(line).max(12) }],
    ['lines[].code was removed', { lines: z.array(line.omit({ code: true })) }],
    [
      'lines[].code changed maxLength from 5 to 6',
      { lines: z.array(line.extend({ code: z.string().max(6) })) },
    ],
    ['lines[].units changed minimum from 1 to 0', { lines: z.array(line.extend({ units: z.int().min(0) })) }],
    ['lines[].note became required', { lines: z.array(line.extend({ note: z.string() })) }],
    ['lines changed type from array to object', { lines: line }],
    ['totals{} changed type from integer to string', { totals: z.record(z.string(), z.string()) }],
    ['place[1] changed type from integer to string', { place: z.tuple([z.string(), z.string()]) }],
    [
      'who changed its number of alternatives from 2 to 1',
      { who: z.discriminatedUnion('kind', [shape.who.options[0]]) },
    ],
  ])('%s', (text, fields) => {
    expect(changedTo(fields)).toEqual(finding(text))
  })

  test('a removed field', () => {
    const { amount, ...rest } = shape
    expect(incompatibilities(published, contract(rest))).toEqual(finding('amount was removed'))
  })

  test('fields of one alternative', () => {
    const payer = z.object({ kind: z.literal('payer'), payerId: z.string() })
    expect(changedTo({ who: z.discriminatedUnion('kind', [shape.who.options[0], payer]) })).toEqual([
      expect.stringContaining('who|2.payerId changed format from "uuid" to nothing'),
      expect.stringContaining('who|2.payerId changed pattern'),
    ])
  })

  test('the fields of a type that refers to itself', () => {
    const tree = (label: z.ZodType) => {
      const node = z.object({
        label,
        get children() {
          return z.array(node)
        },
      })
      return contract({ tree: node })
    }
    expect(incompatibilities(tree(z.string()), tree(z.int()))).toEqual([
      expect.stringContaining('.label changed type from string to integer'),
    ])
    expect(incompatibilities(tree(z.string()), tree(z.string()))).toEqual([])
  })

  test.each<[string, Partial<EventContract>]>([
    ['aggregate changed from note to patient', { aggregate: 'patient' }],
    ['owner changed from ehr to billing', { owner: 'billing' }],
    ['compacted changed from false to true', { compacted: true }],
    ['partitions changed from 6 to 12', { partitions: 12 }],
  ])('%s', (text, terms) => {
    expect(incompatibilities(published, contract(shape, terms))).toEqual(finding(text))
  })

  test('several breaks are all named', () => {
    expect(changedTo({ amount: z.string(), status: z.enum(['draft']) })).toHaveLength(2)
  })

  test('an event that is gone, or whose topic or version was edited in place', () => {
    const renamed = contract(shape, { topic: 'note.stored' })
    expect(eventIncompatibilities({ 'note.filed.v1': published }, { 'note.stored.v1': renamed })).toEqual([
      'note.filed.v1 was dropped; messages of it are in the log, keep it in EVENTS',
    ])
  })
})

describe('P-03 the rules on the real contracts', () => {
  const schemas = (events: readonly EventContract[]) =>
    Object.fromEntries(events.map((event) => [`${event.topic}.v${event.version}`, eventSchema(event)]))
  const data = EncounterReleased.data as unknown as z.ZodObject<{
    diagnoses: z.ZodArray<z.ZodObject>
    procedures: z.ZodArray
  }>
  const replaced = (changed: z.ZodType) =>
    EVENTS.map((event) => (event.topic === 'encounter.released' ? { ...event, data: changed } : event))

  test('each is compatible with itself', () => {
    expect(eventIncompatibilities(schemas(EVENTS), schemas(EVENTS))).toEqual([])
  })

  test('each field of each event, when taken away, is named', () => {
    for (const event of EVENTS) {
      const fields = (event.data as unknown as z.ZodObject).shape
      for (const name of Object.keys(fields)) {
        const { [name]: taken, ...rest } = fields
        const mutated = eventSchema({ ...event, data: z.object(rest) })
        const cure = event.compacted
          ? 'publish a fact of another name'
          : `publish a v${event.version + 1} beside it`
        const [found, ...more] = incompatibilities(eventSchema(event), mutated)
        expect(found).toMatch(`${event.topic}.v${event.version}: ${name} was removed; `)
        expect(found).toMatch(new RegExp(`${cure}$`))
        expect(more).toEqual([])
      }
    }
  })

  test('a code taken out of the diagnoses of encounter.released', () => {
    const diagnoses = data.shape.diagnoses
    const mutated = data.extend({ diagnoses: z.array(diagnoses.element.omit({ code: true })).max(12) })
    expect(eventIncompatibilities(schemas(EVENTS), schemas(replaced(mutated)))).toEqual([
      'encounter.released.v1: diagnoses[].code was removed; publish a v2 beside it',
    ])
  })

  test('an event left out of EVENTS', () => {
    const rest = EVENTS.filter(({ topic }) => topic !== 'encounter.signed')
    expect(eventIncompatibilities(schemas(EVENTS), schemas(rest))).toEqual([
      expect.stringContaining('encounter.signed.v1 was dropped'),
    ])
  })
})
