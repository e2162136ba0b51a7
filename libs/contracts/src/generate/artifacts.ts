import type { EventContract } from '../event.ts'
import { EVENTS } from '../events/index.ts'
import { asyncApi } from './async-api.ts'
import { type EventSchema, eventSchema } from './json-schema.ts'
import { type RpcSnapshot, rpcSnapshot } from './rpc-snapshot.ts'
import { rpcTypes } from './rpc-types.ts'

/** Everything that `npm run contracts` writes, by path below this package; the same input gives the same bytes. */
export interface Artifacts {
  readonly schemas: Readonly<Record<string, EventSchema>>
  readonly rpc: RpcSnapshot
  readonly files: ReadonlyMap<string, string>
}

/** Folders that hold nothing else: what is in them and not in the artifacts is left over from before. */
export const GENERATED_FOLDERS = ['schemas', 'src/rpc'] as const

/** Of the contracts as a whole; each event has a version of its own. */
const DOCUMENT_VERSION = '1.0.0'

export function artifacts(root: string, events: readonly EventContract[] = EVENTS): Artifacts {
  const schemas = Object.fromEntries(
    events.map((contract) => [`${contract.topic}.v${contract.version}`, eventSchema(contract)]),
  )
  const rpc = rpcSnapshot(`${root}/protos`)
  const files = new Map<string, string>()
  for (const [name, schema] of Object.entries(schemas)) files.set(`schemas/${name}.json`, text(schema))
  files.set('schemas/asyncapi.json', text(asyncApi(events, DOCUMENT_VERSION)))
  files.set('schemas/rpc.json', text(rpc))
  for (const [path, content] of rpcTypes(root, rpc)) files.set(`src/rpc/${path}`, content)
  return { schemas, rpc, files }
}

function text(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`
}
