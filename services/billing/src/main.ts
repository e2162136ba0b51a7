import { runService, startOrExplain } from '@praxisbus/runtime'
import { openMailer } from './adapters/mail.ts'
import { readSettings } from './config.ts'
import { startDelivering } from './documents/deliver.ts'
import { startWatchingBalance } from './postings/watch-balance.ts'
import { reactions } from './reactions.ts'
import { routes } from './routes.ts'
import { rpc } from './rpc.ts'

startOrExplain(async () => {
  const settings = readSettings(process.env)
  const { SMTP_URL: smtpUrl, MAIL_FROM: mailFrom } = settings
  await runService({
    name: 'billing',
    description: 'Catalogue, payers, billing encounters, documents and the ledger.',
    settings,
    routes: routes({ mailFrom, mailServer: smtpUrl !== undefined }),
    rpc,
    reactions: reactions({ mailFrom }),
    workers: ({ database, relayDatabase: relay, log, metrics }) => [
      startWatchingBalance({ database, relay, log, metrics }),
      ...(smtpUrl === undefined
        ? []
        : [startDelivering({ database, relay, log, mailer: openMailer({ url: smtpUrl, from: mailFrom }) })]),
    ],
  })
})
