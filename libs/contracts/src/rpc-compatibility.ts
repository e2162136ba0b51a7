import type { RpcField, RpcSnapshot } from './generate/rpc-snapshot.ts'

type Named<T> = Readonly<Record<string, T>>

/**
 * What may happen to a published proto: things are added. The wire knows fields by number, generated clients and JSON by
 * name, so neither may ever mean something else. One line per break, naming service, method, message or field.
 */
export function rpcIncompatibilities(published: RpcSnapshot, current: RpcSnapshot): string[] {
  return [
    ...removed(published.services, current.services, 'service'),
    ...removed(published.messages, current.messages, 'message'),
    ...removed(published.enums, current.enums, 'enum'),
    ...kept(published.services, current.services, methods),
    ...kept(published.messages, current.messages, fields),
    ...kept(published.enums, current.enums, enumValues),
  ].map((finding) => `${finding}; protos only grow`)
}

function removed(was: Named<unknown>, is: Named<unknown>, kind: string): string[] {
  return Object.keys(was).flatMap((name) => (name in is ? [] : [`${kind} ${name} was removed`]))
}

function kept<T>(was: Named<T>, is: Named<T>, compare: (was: T, is: T, name: string) => string[]): string[] {
  return Object.entries(was).flatMap(([name, before]) => {
    const after = is[name]
    return after === undefined ? [] : compare(before, after, name)
  })
}

function methods(
  was: RpcSnapshot['services'][string],
  is: RpcSnapshot['services'][string],
  service: string,
): string[] {
  const gone = removed(was, is, 'method').map((text) => text.replace('method ', `method ${service}.`))
  const changed = kept(was, is, (before, after, name) =>
    (['request', 'response'] as const).flatMap((side) =>
      before[side] === after[side]
        ? []
        : [`method ${service}.${name} changed its ${side} from ${before[side]} to ${after[side]}`],
    ),
  )
  return [...gone, ...changed]
}

function fields(was: Named<RpcField>, is: Named<RpcField>, message: string): string[] {
  return Object.entries(was).flatMap(([name, before]) => {
    const label = `${message}.${name}`
    const after = is[name]
    if (after) return changes(before, after).map((change) => `${label} ${change}`)
    const heir = Object.entries(is).find(([, { number }]) => number === before.number)
    return [heir ? `${label} was renamed: number ${before.number} is now ${heir[0]}` : `${label} was removed`]
  })
}

function changes(before: RpcField, after: RpcField): string[] {
  return (['number', 'type', 'repeated', 'oneof'] as const).flatMap((property) =>
    before[property] === after[property]
      ? []
      : [`changed ${property} from ${before[property] ?? 'none'} to ${after[property] ?? 'none'}`],
  )
}

function enumValues(was: Named<number>, is: Named<number>, name: string): string[] {
  return Object.entries(was).flatMap(([value, number]) => {
    if (!(value in is)) return [`enum value ${name}.${value} was removed`]
    return is[value] === number ? [] : [`enum value ${name}.${value} changed from ${number} to ${is[value]}`]
  })
}
