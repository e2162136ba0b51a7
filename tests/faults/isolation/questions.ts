import assert from 'node:assert/strict'
import type { QueryRoute } from '@praxisbus/runtime'
import { SECRET } from './recorded.ts'
import { accepts, shapeOf } from './tables.ts'

/** Values of fields that are no ids. Several: each is tried. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  level: ['0'],
  tile: ['0_0.jpeg'],
  system: ['icd-10-cm'],
  q: ['sample'],
  search: [SECRET],
  code: ['F32'],
  of: ['account', 'charge', 'receipt'],
  figure: ['received'],
  from: ['2020-01-01'],
  to: ['2029-12-31'],
}

/** Of questions that take some weeks at most. */
const today = Temporal.Now.plainDateISO()
const SOON = { from: [String(today.subtract({ days: 5 }))], to: [String(today.add({ days: 20 }))] }
const OWN: Readonly<Record<string, typeof VALUES>> = {
  'GET /v1/calendar': SOON,
  'GET /v1/booking/slots': SOON,
  'GET /v1/calendar/export': SOON,
}

export const isId = (name: string) => name === 'id' || name.endsWith('Id') || name === 'after'

/** What a path has in this place: an id, or what such a place holds. */
export const filled = (pattern: string, id: string) =>
  pattern.replaceAll(/:(\w+)/g, (_, name: string) => (isId(name) ? id : (VALUES[name]?.[0] ?? id)))

const named = (pairs: readonly (readonly [string, string])[]) =>
  pairs.length === 0 ? '' : `?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`

/** Every way to ask a reading route with the ids that are known. */
export function pathsOf(route: QueryRoute, ids: readonly string[]): string[] {
  const [, pattern] = route.endpoint.split(' ') as [string, string]
  const fields = Object.entries(shapeOf(route.query))
  const byId = fields.filter(([name, schema]) => isId(name) && accepts(schema, ids[0])).map(([name]) => name)
  const plain = fields.flatMap(([name, schema]) => {
    const values = OWN[route.endpoint]?.[name] ?? VALUES[name]
    const value = byId.includes(name) ? undefined : values?.find((one) => accepts(schema, one))
    return value === undefined ? [] : [{ pair: [name, value] as const, needed: !accepts(schema, undefined) }]
  })
  const needed = plain.filter((one) => one.needed).map(({ pair }) => pair)
  if (/:(\w*[iI]d)\b/.test(pattern)) return ids.map((id) => `${filled(pattern, id)}${named(needed)}`)
  const all = plain.map(({ pair }) => pair)
  return [
    `${pattern}${named(needed)}`,
    ...(all.length > needed.length ? [`${pattern}${named(all)}`] : []),
    ...byId.flatMap((name) => ids.map((id) => `${pattern}${named([...needed, [name, id]])}`)),
  ]
}

/** Every request with this id: fields that may be left out are left out, and then hold the id too. */
export function requestsOf(input: unknown, id: string): Record<string, unknown>[] {
  const services = [[], [{ serviceId: id, units: 1, modifiers: [] }]]
  let requests: Record<string, unknown>[] = [{}]
  for (const [name, schema] of Object.entries(shapeOf(input))) {
    const ofId = [
      ...(accepts(schema, '') ? [''] : []),
      ...(accepts(schema, id) && isId(name) ? [id] : []),
      ...(accepts(schema, [id]) ? [[id]] : []),
    ]
    const plain = (VALUES[name] ?? []).filter((one) => accepts(schema, one))
    const values = name === 'services' ? services : ofId.length > 0 ? ofId : plain.length > 0 ? plain : [0]
    assert.ok(
      values.every((one) => accepts(schema, one)),
      `questions.ts has no value for ${name}`,
    )
    requests = requests.flatMap((request) => values.map((value) => ({ ...request, [name]: value })))
  }
  return requests
}
