/**
 * The development sign-in: a real OpenID Connect issuer whose clients are the users of the practice folder, each with the
 * password `dev`. A process of its own. Any other issuer takes its place by setting (OIDC_ISSUER of the services).
 *
 *   curl -u clinician:dev -d grant_type=client_credentials http://127.0.0.1:4100/token
 */
import { z } from 'zod'
import { startIssuer } from './issuer-server.ts'
import { issuerUser } from './sign-in.ts'

const HOST = '127.0.0.1'

const environment = z.object({
  ISSUER_PORT: z.coerce.number().int(),
  ISSUER_KEYS_FILE: z.string(),
  ISSUER_COOKIE_KEY: z.string(),
  ISSUER_USERS: z.string().transform((text) => z.array(issuerUser).parse(JSON.parse(text))),
})

const settings = environment.parse(process.env)
const server = await startIssuer({
  url: `http://${HOST}:${settings.ISSUER_PORT}`,
  host: HOST,
  port: settings.ISSUER_PORT,
  keysFile: settings.ISSUER_KEYS_FILE,
  cookieKey: settings.ISSUER_COOKIE_KEY,
  users: settings.ISSUER_USERS,
})
process.once('SIGTERM', () => server.close(() => process.exit(0)).closeAllConnections())
