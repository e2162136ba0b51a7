import { runService, startOrExplain } from '@praxisbus/runtime'
import { connectBilling } from './adapters/billing.ts'
import { connectEhr } from './adapters/ehr.ts'
import { openGoogle } from './adapters/google.ts'
import { readSettings } from './config.ts'
import { startSyncing } from './google/sync.ts'
import { startWatchingConnections } from './google/watch.ts'
import { openCarriers } from './messages/carriers.ts'
import { startSending } from './messages/send.ts'
import { reactions } from './reactions.ts'
import { routes } from './routes.ts'
import { rpc } from './rpc.ts'
import { startKeepingSeries } from './series/keep.ts'
import { startTimekeeping } from './timekeeping.ts'

startOrExplain(async () => {
  const settings = readSettings(process.env)
  const billing = connectBilling(settings.BILLING_GRPC)
  const ehr = connectEhr(settings.EHR_GRPC)
  const carriers = openCarriers(settings)
  const google = settings.google && { google: openGoogle(settings.google), settings: settings.google }
  await runService({
    name: 'scheduler',
    description: 'Practices, practitioners, locations, rooms, patients, appointments.',
    settings,
    routes: routes({ billing, ehr, google }),
    rpc,
    reactions,
    workers: ({ database, relayDatabase: relay, log, metrics, onFacts, ...rest }) => [
      startKeepingSeries({ database, relay, log, onFacts }),
      startSending({ database, relay, log, onFacts, carriers, publicUrl: settings.PUBLIC_URL }),
      startTimekeeping({ database, relay, log, onFacts }),
      ...(google
        ? [
            startSyncing({ ...rest, database, relay, log, onFacts, ...google }),
            startWatchingConnections({ relay, log, metrics }),
          ]
        : []),
    ],
    closing: () => {
      billing.close()
      ehr.close()
    },
  })
})
