import { createRequire } from 'node:module'

interface WindowsZones {
  readonly supplemental: {
    readonly windowsZones: {
      readonly mapTimezones: readonly {
        readonly mapZone: { readonly _other: string; readonly _type: string; readonly _territory: string }
      }[]
    }
  }
}

const cldr = createRequire(import.meta.url)('cldr-core/supplemental/windowsZones.json') as WindowsZones

/** Names of Windows to those of IANA, as Unicode's CLDR has them for the world (territory 001). Outlook and Exchange write them. */
export const windowsZones: ReadonlyMap<string, string> = new Map(
  cldr.supplemental.windowsZones.mapTimezones
    .filter(({ mapZone }) => mapZone._territory === '001')
    .map(({ mapZone }) => [mapZone._other, mapZone._type]),
)
