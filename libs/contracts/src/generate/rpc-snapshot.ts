import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import protobuf from 'protobufjs'

/** What the wire and the generated clients rely on. Names are full, fields spelled as in the .proto file. */
export interface RpcSnapshot {
  readonly services: Readonly<Record<string, Readonly<Record<string, RpcMethodShape>>>>
  readonly messages: Readonly<Record<string, Readonly<Record<string, RpcField>>>>
  readonly enums: Readonly<Record<string, Readonly<Record<string, number>>>>
}

export interface RpcMethodShape {
  readonly request: string
  readonly response: string
}

export interface RpcField {
  readonly number: number
  /** A scalar's name, a full message or enum name, or `map<key, value>`. */
  readonly type: string
  readonly repeated: boolean
  /** The oneof it belongs to; `optional` fields have one of their own. */
  readonly oneof?: string
}

export function protoFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.proto'))
    .sort()
}

export function rpcSnapshot(folder: string): RpcSnapshot {
  const root = new protobuf.Root()
  root.loadSync(
    protoFiles(folder).map((name) => join(folder, name)),
    { keepCase: true },
  )
  root.resolveAll()
  return snapshotOf(root)
}

export function snapshotOf(root: protobuf.Root): RpcSnapshot {
  const snapshot = { services: {}, messages: {}, enums: {} } as {
    services: Record<string, Record<string, RpcMethodShape>>
    messages: Record<string, Record<string, RpcField>>
    enums: Record<string, Record<string, number>>
  }
  const visit = (node: protobuf.ReflectionObject): void => {
    const name = node.fullName.slice(1)
    if (node instanceof protobuf.Enum) snapshot.enums[name] = { ...node.values }
    if (node instanceof protobuf.Service) snapshot.services[name] = methodsOf(node)
    if (node instanceof protobuf.Type) snapshot.messages[name] = fieldsOf(node)
    if (node instanceof protobuf.Namespace) for (const nested of sorted(node.nestedArray)) visit(nested)
  }
  visit(root)
  return snapshot
}

function methodsOf(service: protobuf.Service): Record<string, RpcMethodShape> {
  return Object.fromEntries(
    sorted(service.methodsArray).map((method) => {
      const stream = (streams: boolean | undefined, type: protobuf.Type | null) =>
        `${streams ? 'stream ' : ''}${type!.fullName.slice(1)}`
      return [
        method.name,
        {
          request: stream(method.requestStream, method.resolvedRequestType),
          response: stream(method.responseStream, method.resolvedResponseType),
        },
      ]
    }),
  )
}

function fieldsOf(message: protobuf.Type): Record<string, RpcField> {
  const fields = [...message.fieldsArray].sort((a, b) => a.id - b.id)
  return Object.fromEntries(
    fields.map((field) => {
      const type = field.resolvedType?.fullName.slice(1) ?? field.type
      return [
        field.name,
        {
          number: field.id,
          type: field instanceof protobuf.MapField ? `map<${field.keyType}, ${type}>` : type,
          repeated: field.repeated,
          ...(field.partOf ? { oneof: field.partOf.name } : {}),
        },
      ]
    }),
  )
}

function sorted<T extends { name: string }>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => (a.name < b.name ? -1 : 1))
}
