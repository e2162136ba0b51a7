import { isDeepStrictEqual } from 'node:util'
import type { ServiceName } from '../home.ts'
import { DayFault, type Desk } from './desk.ts'

export type Json = Record<string, unknown>

export interface Listed {
  readonly who: string
  readonly service: ServiceName
  readonly path: string
  /** Member of the answer that holds the list. */
  readonly list: string
}

/** Records that the folder describes, kept as the folder has them. */
export interface Collection extends Listed {
  /** Member that holds a record's id. */
  readonly id: string
  /** Members by which a record of an earlier run is known again. */
  readonly same: readonly string[]
  /** Whether PUT brings a record up to date; else one that differs is a fault. */
  readonly changeable: boolean
}

/** Makes what is missing, changes what differs, and gives the id of each by its key. */
export async function ensureAll(
  desk: Desk,
  collection: Collection,
  wanted: readonly (readonly [key: string, body: Json])[],
): Promise<Map<string, string>> {
  const present = await listAll(desk, collection)
  const ids = new Map<string, string>()
  for (const [key, body] of wanted) {
    const found = present.find((entry) => collection.same.every((member) => entry[member] === body[member]))
    const record = found ? await upToDate(desk, collection, found, body) : await made(desk, collection, body)
    ids.set(key, String(record[collection.id]))
  }
  return ids
}

async function made(desk: Desk, { who, service, path }: Collection, body: Json): Promise<Json> {
  return (await desk.post(who, service, path, body)).body
}

async function upToDate(desk: Desk, collection: Collection, found: Json, body: Json): Promise<Json> {
  const { who, service, path, id, changeable } = collection
  if (Object.entries(body).every(([member, value]) => isDeepStrictEqual(found[member], value))) return found
  if (!changeable)
    throw new DayFault(
      `${path} holds another ${collection.same.map((member) => `${member} ${body[member]}`).join(', ')} from an earlier run.`,
      'Such a record does not change: give yours another name, or begin anew with npm start -- --fresh',
    )
  return (await desk.put(who, service, `${path}/${found[id]}`, body, Number(found.version))).body
}

/** All pages of a list. */
export async function listAll(desk: Desk, { who, service, path, list }: Listed): Promise<Json[]> {
  const all: Json[] = []
  let after: string | null = null
  do {
    const query: string =
      after === null ? '' : `${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(after)}`
    const { body } = await desk.get(who, service, path + query)
    all.push(...(body[list] as Json[]))
    after = (body.next as string | null | undefined) ?? null
  } while (after !== null)
  return all
}
