import { loadConfig, type ServiceSettings, serviceSettings } from '@praxisbus/runtime'

/** The EHR has no settings of its own. */
export function readSettings(env: Record<string, string | undefined>): ServiceSettings {
  return loadConfig(serviceSettings, env)
}
