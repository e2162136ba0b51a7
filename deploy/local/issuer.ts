/**
 * The development sign-in: a real OpenID Connect issuer whose clients are the users of the practice folder, each with the
 * password `dev`. A process of its own. Any other issuer takes its place by setting (OIDC_ISSUER of the services).
 *
 *   curl -u clinician:dev -d grant_type=client_credentials http://127.0.0.1:4100/token
 */
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { writeWhole } from '@praxisbus/testing/ground/whole-file.ts'
import Provider from 'oidc-provider'
import { z } from 'zod'
import { DEVELOPMENT_PASSWORD, issuerUser } from './sign-in.ts'

const AUDIENCE = 'praxisbus'
const RESOURCE = 'urn:praxisbus:api'
/** A working day: nobody who tries things by hand wants to sign in again. */
const TOKEN_SECONDS = 8 * 3600

const environment = z.object({
  ISSUER_PORT: z.coerce.number().int(),
  ISSUER_KEYS_FILE: z.string(),
  ISSUER_COOKIE_KEY: z.string(),
  ISSUER_USERS: z.string().transform((text) => z.array(issuerUser).parse(JSON.parse(text))),
})

/** Kept between runs, so that tokens of the last run are still good. */
function signingKey(file: string): object {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'development' }
  writeWhole(file, `${JSON.stringify(key)}\n`)
  return key
}

function serve(settings: z.output<typeof environment>): void {
  const users = new Map(settings.ISSUER_USERS.map((user) => [user.signIn, user]))
  const provider = new Provider(`http://127.0.0.1:${settings.ISSUER_PORT}`, {
    jwks: { keys: [signingKey(settings.ISSUER_KEYS_FILE)] },
    cookies: { keys: [settings.ISSUER_COOKIE_KEY] },
    clients: [...users.keys()].map((signIn) => ({
      client_id: signIn,
      client_secret: DEVELOPMENT_PASSWORD,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    })),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: async () => RESOURCE,
        getResourceServerInfo: async () => ({
          scope: '',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          accessTokenTTL: TOKEN_SECONDS,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    ttl: { ClientCredentials: TOKEN_SECONDS },
    extraTokenClaims: async (_context, token) => {
      const user = users.get(token.clientId)
      return user && { name: user.name, practices: user.practices }
    },
  })
  const server = createServer(provider.callback()).listen(settings.ISSUER_PORT, '127.0.0.1')
  process.once('SIGTERM', () => server.close(() => process.exit(0)).closeAllConnections())
}

serve(environment.parse(process.env))
