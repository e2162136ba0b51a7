import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { writeWhole } from '@praxisbus/testing/ground/whole-file.ts'
import Provider from 'oidc-provider'
import { DEVELOPMENT_PASSWORD, type IssuerUser } from './sign-in.ts'

const AUDIENCE = 'praxisbus'
const RESOURCE = 'urn:praxisbus:api'
/** A working day: nobody who tries things by hand wants to sign in again. */
const TOKEN_SECONDS = 8 * 3600

export interface IssuerSettings {
  /** As it stands in tokens. Who asks it by another address is told that address for its keys. */
  readonly url: string
  readonly host: string
  readonly port: number
  /** Made where it is missing. */
  readonly keysFile: string
  readonly cookieKey: string
  readonly users: readonly IssuerUser[]
}

/** Kept between runs, so that tokens of the last run are still good. */
function signingKey(file: string): object {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'development' }
  writeWhole(file, `${JSON.stringify(key)}\n`)
  return key
}

/** The development sign-in, in this process; resolves when it listens. */
export async function startIssuer(settings: IssuerSettings): Promise<Server> {
  const users = new Map(settings.users.map((user) => [user.signIn, user]))
  const provider = new Provider(settings.url, {
    jwks: { keys: [signingKey(settings.keysFile)] },
    cookies: { keys: [settings.cookieKey] },
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
  const server = createServer(provider.callback())
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(settings.port, settings.host, resolve),
  )
  return server
}
