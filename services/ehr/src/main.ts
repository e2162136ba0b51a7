import { runService, startOrExplain } from '@praxisbus/runtime'
import { connectBilling } from './adapters/billing.ts'
import { readSettings } from './config.ts'
import { reactions } from './reactions.ts'
import { routes } from './routes.ts'
import { rpc } from './rpc.ts'

startOrExplain(async () => {
  const settings = readSettings(process.env)
  const billing = connectBilling(settings.BILLING_GRPC)
  await runService({
    name: 'ehr',
    description: 'Templates, encounters, signatures and encounter documents.',
    settings,
    routes: routes({ billing }),
    rpc,
    reactions,
    closing: () => billing.close(),
  })
})
