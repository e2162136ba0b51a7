import { SERVICES, type ServiceName } from '@praxisbus/contracts'
import type { Route, RpcTable } from '@praxisbus/runtime'

/** What the services run by, as docs/system-map.ts reads it: a new route or method is probed by itself. */
export async function tablesOf(service: ServiceName): Promise<{ routes: readonly Route[]; rpc: RpcTable }> {
  const folder = new URL(`../../../services/${service}/src/`, import.meta.url)
  const load = async (file: string) => (await import(new URL(file, folder).href)) as Record<string, unknown>
  const { routes } = await load('routes.ts')
  const { rpc } = await load('rpc.ts')
  const called = (table: unknown) => (typeof table === 'function' ? table({}) : table)
  return { routes: called(routes) as Route[], rpc: called(rpc) as RpcTable }
}

export const allTables = async () =>
  Promise.all(SERVICES.map(async (service) => ({ service, ...(await tablesOf(service)) })))

/** Whether a request's path is one of this endpoint. */
export function matches(endpoint: string, method: string, path: string): boolean {
  const [verb, pattern] = endpoint.split(' ') as [string, string]
  const expression = new RegExp(`^${pattern.replaceAll(/:\w+/g, '[^/?]+')}$`)
  return verb === method && expression.test(path.split('?')[0]!)
}

/** The fields of an object schema; none where there is no schema. */
export const shapeOf = (schema: unknown): Readonly<Record<string, unknown>> =>
  (schema as { shape?: Record<string, unknown> } | undefined)?.shape ?? {}

/** Whether a field may hold this; undefined: whether it may be left out. */
export const accepts = (field: unknown, value: unknown): boolean =>
  (field as { safeParse(value: unknown): { success: boolean } }).safeParse(value).success
