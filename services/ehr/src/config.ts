import { loadConfig, peerAddress, serviceSettings } from '@praxisbus/runtime'

/** The only reader of this service's environment; names every fault at once. */
export function readSettings(env: Record<string, string | undefined>) {
  return loadConfig({ ...serviceSettings, BILLING_GRPC: peerAddress }, env)
}
