import { fileURLToPath } from 'node:url'
import { loadSync, type PackageDefinition, type ServiceDefinition } from '@grpc/proto-loader'

const PROTOS = fileURLToPath(new URL('../../../../protos', import.meta.url))

/** As the types in libs/contracts/src/rpc were generated: camelCase, 64-bit integers as numbers, nothing undefined. */
const OPTIONS = { keepCase: false, longs: Number, enums: String, defaults: true, includeDirs: [PROTOS] }

export function loadService(
  proto: string,
  service: string,
): { all: PackageDefinition; service: ServiceDefinition } {
  const all = loadSync(proto, OPTIONS)
  const found = all[service]
  if (!found || 'format' in found) throw new Error(`${proto} defines no service ${service}`)
  return { all, service: found as ServiceDefinition }
}
