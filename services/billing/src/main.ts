import { runService, startOrExplain } from '@praxisbus/runtime'
import { openMailer } from './adapters/mail.ts'
import { readSettings } from './config.ts'
import { startDelivering } from './documents/deliver.ts'
import { reactions } from './reactions.ts'
import { routes } from './routes.ts'
import { rpc } from './rpc.ts'

startOrExplain(async () => {
  const settings = readSettings(process.env)
  const { SMTP_URL: smtpUrl, MAIL_FROM: mailFrom, RELAY_DATABASE_URL: relayUrl } = settings
  await runService({
    name: 'billing',
    description: 'Catalogue, payers, billing encounters, documents and the ledger.',
    settings,
    routes: routes({ mailFrom, mailServer: smtpUrl !== undefined }),
    rpc,
    reactions: reactions({ mailFrom }),
    workers: ({ database, log }) =>
      smtpUrl === undefined
        ? []
        : [
            startDelivering({
              database,
              relayUrl,
              log,
              mailer: openMailer({ url: smtpUrl, from: mailFrom }),
            }),
          ],
  })
})
