import { runService, startOrExplain } from '@praxisbus/runtime'
import { openDecoder } from './adapters/decoder.ts'
import { openFolderStore } from './adapters/folder-store.ts'
import { readSettings } from './config.ts'
import { reactions } from './reactions.ts'
import { routes } from './routes.ts'
import { rpc } from './rpc.ts'

startOrExplain(async () => {
  const settings = readSettings(process.env)
  const store = await openFolderStore(settings.OBJECT_STORE_DIR)
  await runService({
    name: 'imaging',
    description: 'Scan batches, image sets and images.',
    settings,
    routes: routes({ store, decoder: openDecoder(settings), maxFileBytes: settings.IMPORT_MAX_BYTES }),
    rpc,
    reactions,
  })
})
