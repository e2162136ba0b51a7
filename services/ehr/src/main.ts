import { runService, startOrExplain } from '@praxisbus/runtime'
import { readSettings } from './config.ts'
import { reactions } from './reactions.ts'
import { routes } from './routes.ts'
import { rpc } from './rpc.ts'

startOrExplain(async () =>
  runService({
    name: 'ehr',
    description: 'Templates, encounters, signatures and encounter documents.',
    settings: readSettings(process.env),
    routes,
    rpc,
    reactions,
  }),
)
