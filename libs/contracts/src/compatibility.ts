import type { EventSchema, Json } from './generate/json-schema.ts'

/**
 * What may happen to a published event (mission P-03): optional fields are added, texts are improved. Everything else
 * breaks somebody: old readers meet new messages, and new readers meet old messages, which stay in the log for months.
 * So limits may neither be narrowed nor widened. A change that needs more is a new version beside the old one.
 */
const ANNOTATIONS = new Set([
  '$schema',
  '$id',
  '$comment',
  'title',
  'description',
  'examples',
  'deprecated',
  'x-praxisbus',
])
/** Keywords that `compare` walks into; all others must stay as they are. */
const WALKED = new Set([
  'type',
  'properties',
  'required',
  'items',
  'prefixItems',
  'additionalProperties',
  'anyOf',
  'oneOf',
  'enum',
  '$defs',
])
/** A compacted topic keeps one message of a key: two versions of a fact would displace each other. */
const COMPACTED_CURE = 'its topic is compacted and keeps one version: publish a fact of another name'
const TERMS = ['topic', 'version', 'owner', 'aggregate', 'compacted', 'partitions'] as const

/** One line per break, with topic, version and field: `encounter.released.v1: diagnoses[].code was removed; …`. */
export function incompatibilities(published: EventSchema, current: EventSchema): string[] {
  const { topic, version, compacted } = published['x-praxisbus']
  const cure = compacted ? COMPACTED_CURE : `publish a v${version + 1} beside it`
  const terms = TERMS.flatMap((term) => {
    const [was, is] = [published['x-praxisbus'][term], current['x-praxisbus'][term]]
    return was === is ? [] : [`${term} changed from ${was} to ${is}`]
  })
  return [...terms, ...compare(published, current, '')].map(
    (finding) => `${topic}.v${version}: ${finding}; ${cure}`,
  )
}

/** The same over all events, by `<topic>.v<version>`; names those that are gone. */
export function eventIncompatibilities(
  published: Readonly<Record<string, EventSchema>>,
  current: Readonly<Record<string, EventSchema>>,
): string[] {
  return Object.entries(published).flatMap(([name, schema]) => {
    const now = current[name]
    return now
      ? incompatibilities(schema, now)
      : [`${name} was dropped; messages of it are in the log, keep it in EVENTS`]
  })
}

function compare(publishedSchema: Json, currentSchema: Json, path: string): string[] {
  const was = withoutNull(publishedSchema)
  const is = withoutNull(currentSchema)
  const label = path || 'the record'
  if (was.nullable !== is.nullable)
    return [`${label} ${is.nullable ? 'may now be null' : 'may no longer be null'}`]
  if (!same(was.schema.type, is.schema.type)) {
    return [`${label} changed type from ${typeName(was.schema)} to ${typeName(is.schema)}`]
  }
  return [
    ...fields(was.schema, is.schema, path),
    ...elements(was.schema, is.schema, path),
    ...alternatives(was.schema, is.schema, path),
    ...values(was.schema, is.schema, label),
    ...limits(was.schema, is.schema, label),
  ]
}

function fields(was: Json, is: Json, path: string): string[] {
  const [before, after] = [properties(was), properties(is)]
  const [requiredBefore, requiredAfter] = [required(was), required(is)]
  const at = (name: string) => (path ? `${path}.${name}` : name)
  const kept = Object.keys(before).flatMap((name) => {
    const current = after[name]
    if (!current) return [`${at(name)} was removed`]
    const findings = compare(before[name]!, current, at(name))
    if (requiredBefore.has(name) === requiredAfter.has(name)) return findings
    return [`${at(name)} became ${requiredAfter.has(name) ? 'required' : 'optional'}`, ...findings]
  })
  const added = [...requiredAfter].filter((name) => !(name in before))
  return [
    ...kept,
    ...added.map((name) => `${at(name)} was added as a required field (an optional one may be added)`),
  ]
}

function elements(was: Json, is: Json, path: string): string[] {
  const tuple = (schema: Json) => (schema.prefixItems as Json[] | undefined) ?? []
  const [before, after] = [tuple(was), tuple(is)]
  const length =
    before.length === after.length
      ? []
      : [`${path} changed its number of places from ${before.length} to ${after.length}`]
  return [
    ...length,
    ...before.flatMap((schema, index) =>
      after[index] ? compare(schema, after[index], `${path}[${index}]`) : [],
    ),
    ...within(was.items, is.items, `${path}[]`),
    ...within(was.additionalProperties, is.additionalProperties, `${path}{}`),
    ...definitions(was, is, path),
  ]
}

/** Recursive types: their references are compared as text, what they refer to here. */
function definitions(was: Json, is: Json, path: string): string[] {
  const [before, after] = [was.$defs ?? {}, is.$defs ?? {}] as Record<string, Json>[]
  return Object.keys(before!).flatMap((name) => within(before![name], after![name], `${path}#${name}`))
}

/** A place where a schema, a boolean, or nothing may stand. */
function within(was: unknown, is: unknown, path: string): string[] {
  if (isSchema(was) && isSchema(is)) return compare(was, is, path)
  return same(was, is) ? [] : [`${path} changed from ${show(was)} to ${show(is)}`]
}

function alternatives(was: Json, is: Json, path: string): string[] {
  return (['anyOf', 'oneOf'] as const).flatMap((keyword) => {
    const [before, after] = [was[keyword], is[keyword]] as (Json[] | undefined)[]
    if ((before?.length ?? 0) !== (after?.length ?? 0)) {
      return [
        `${path || 'the record'} changed its number of alternatives from ${before?.length ?? 0} to ${after?.length ?? 0}`,
      ]
    }
    return (before ?? []).flatMap((schema, index) => compare(schema, after![index]!, `${path}|${index + 1}`))
  })
}

function values(was: Json, is: Json, label: string): string[] {
  const [before, after] = [was.enum, is.enum] as (unknown[] | undefined)[]
  if (!before && !after) return []
  if (!before || !after)
    return [`${label} ${after ? 'became a list of values' : 'is no longer a list of values'}`]
  return [
    ...before
      .filter((value) => !after.includes(value))
      .map((value) => `${label} lost the value ${show(value)}`),
    ...after
      .filter((value) => !before.includes(value))
      .map((value) => `${label} gained the value ${show(value)}`),
  ]
}

/** format, pattern, const, minimum, maxLength, …: and any keyword that this file does not know. */
function limits(was: Json, is: Json, label: string): string[] {
  const keywords = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  return keywords
    .filter(
      (keyword) => !ANNOTATIONS.has(keyword) && !WALKED.has(keyword) && !same(was[keyword], is[keyword]),
    )
    .map((keyword) => `${label} changed ${keyword} from ${show(was[keyword])} to ${show(is[keyword])}`)
}

/** A nullable field, as zod writes it (`type: [X, null]` or `anyOf: [X, null]`), taken apart so that findings speak of X. */
function withoutNull(schema: Json): { nullable: boolean; schema: Json } {
  const { type, anyOf, ...outer } = schema as Json & { type?: string | string[]; anyOf?: Json[] }
  if (Array.isArray(type) && type.includes('null')) {
    const types = type.filter((name) => name !== 'null')
    return { nullable: true, schema: { ...schema, type: types.length === 1 ? types[0] : types } }
  }
  if (!anyOf?.some((choice) => choice.type === 'null')) return { nullable: false, schema }
  const rest = anyOf.filter((choice) => choice.type !== 'null')
  return { nullable: true, schema: rest.length === 1 ? { ...outer, ...rest[0] } : { ...outer, anyOf: rest } }
}

function properties(schema: Json): Readonly<Record<string, Json>> {
  return (schema.properties as Record<string, Json> | undefined) ?? {}
}

function required(schema: Json): ReadonlySet<string> {
  return new Set((schema.required as string[] | undefined) ?? [])
}

function isSchema(value: unknown): value is Json {
  return typeof value === 'object' && value !== null
}

function typeName(schema: Json): string {
  return schema.type === undefined ? 'any' : String(schema.type)
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
