import { runService, startOrExplain } from '@praxisbus/runtime'
import { openMailer } from '@praxisbus/runtime/mail.ts'
import { openStripe } from './adapters/stripe.ts'
import { readSettings } from './config.ts'
import { startDelivering } from './documents/deliver.ts'
import { startCollecting } from './online/collect.ts'
import { startWatchingBalance } from './postings/watch-balance.ts'
import { reactions } from './reactions.ts'
import { routes } from './routes.ts'
import { rpc } from './rpc.ts'

startOrExplain(async () => {
  const settings = readSettings(process.env)
  const { SMTP_URL: smtpUrl, MAIL_FROM: mailFrom, partner: partnerSettings } = settings
  const partner = partnerSettings && openStripe(partnerSettings)
  await runService({
    name: 'billing',
    description: 'Catalogue, payers, billing encounters, documents and the ledger.',
    settings,
    routes: routes({ mailFrom, mailServer: smtpUrl !== undefined, partner, partnerSettings }),
    rpc: rpc({ online: partner !== undefined }),
    reactions: reactions({ mailFrom }),
    workers: ({ database, relayDatabase: relay, log, metrics, onFacts }) => [
      startWatchingBalance({ database, relay, log, metrics }),
      ...(partner ? [startCollecting({ database, relay, log, partner, mailFrom, onFacts })] : []),
      ...(smtpUrl === undefined
        ? []
        : [startDelivering({ database, relay, log, mailer: openMailer({ url: smtpUrl, from: mailFrom }) })]),
    ],
  })
})
