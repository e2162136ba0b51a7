import { loadConfig, serviceSettings } from '@praxisbus/runtime'
import { z } from 'zod'

const count = (most: number) => z.coerce.number().int().min(1).max(most)

/** What a file may cost. The defaults take an A3 page at 600 dpi and a feeder full of letters. */
const importSettings = {
  IMPORT_MAX_BYTES: count(1024 ** 3).default(50 * 1024 ** 2),
  /** An event names every page, and an event is bounded. */
  IMPORT_MAX_PAGES: count(1_000).default(200),
  /** Decoding takes about 13 bytes of memory for each (measured: a PDF page of 79 megapixels 1.0 GB, a JPEG 0.5 GB). */
  IMPORT_MAX_PAGE_PIXELS: count(1_000_000_000).default(80_000_000),
  IMPORT_TIMEOUT_SECONDS: count(600).default(120),
  /** Files decoded at once, each in up to 1 GB; twice as many may wait, held in memory, and the next is told to come again. */
  IMPORT_CONCURRENCY: count(5).default(2),
  /** PDF pages become pixels at this density; 200 is fine fax, which reads well. */
  PDF_DPI: z.coerce.number().int().min(72).max(600).default(200),
}

export type ImportLimits = z.output<z.ZodObject<typeof importSettings>>

export const defaultLimits: ImportLimits = z.object(importSettings).parse({})

/** The only reader of this service's environment; throws ConfigError with all faults at once. */
export function readSettings(env: Record<string, string | undefined>) {
  return loadConfig(
    {
      ...serviceSettings,
      /** Folder of the object store; made where it is missing. */
      OBJECT_STORE_DIR: z.string().min(1),
      ...importSettings,
    },
    env,
  )
}
