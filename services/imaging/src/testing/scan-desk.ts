import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { newId } from '@praxisbus/runtime'
import { type Api, type Desk, openDesk, testFolder } from '@praxisbus/testing'
import { openDecoder } from '../adapters/decoder.ts'
import { openFolderStore } from '../adapters/folder-store.ts'
import { defaultLimits, type ImportLimits } from '../config.ts'
import { reactions } from '../reactions.ts'
import { routes } from '../routes.ts'

export interface ScanDesk extends Desk {
  readonly storeFolder: string
  /** May read and write scans. */
  clerk(practiceId?: string): Promise<Api>
  /** Files in the object store, drafts included. */
  objects(): Promise<string[]>
  /** The id of a new charge batch's first image set. */
  newSet(api: Api): Promise<{ scanBatchId: string; imageSetId: string }>
}

/** This service over HTTP with a real database, object store and decoder. */
export async function openScanDesk(limits: Partial<ImportLimits> = {}): Promise<ScanDesk> {
  const storeFolder = await testFolder('objects')
  const store = await openFolderStore(storeFolder)
  const all = { ...defaultLimits, ...limits }
  const desk = await openDesk('imaging', {
    routes: routes({ store, decoder: openDecoder(all), maxFileBytes: all.IMPORT_MAX_BYTES }),
    reactions,
  })
  return {
    ...desk,
    storeFolder,
    clerk: (practiceId = desk.practiceId) =>
      desk.as({ permissions: ['scan.read', 'scan.write'], practiceIds: [practiceId] }),
    objects: async () => {
      const found = await readdir(storeFolder, { recursive: true, withFileTypes: true })
      return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    },
    newSet: async (api) => {
      const { body } = await api.post('/v1/scan-batches', { type: 'charge', description: newId() })
      return { scanBatchId: body.scanBatchId, imageSetId: body.imageSets[0].imageSetId }
    },
  }
}
