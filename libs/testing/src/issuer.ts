import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'

export interface TokenClaims {
  readonly userId: string
  readonly name: string
  readonly practices: Readonly<
    Record<string, { readonly roles: readonly string[]; readonly permissions: readonly string[] }>
  >
}

export interface TokenOptions {
  /** Below 0: a token that has run out already. Default 3600. */
  readonly expiresInSeconds?: number
  /** Default `praxisbus`. */
  readonly audience?: string
  /** Default: this issuer's URL. */
  readonly issuer?: string
}

export interface Issuer {
  /** For OIDC_ISSUER. */
  readonly url: string
  /** Signs an access token (ES256). */
  token(claims: TokenClaims, options?: TokenOptions): Promise<string>
  /** A token that bears the id of the published key and was signed with another. */
  forgedToken(claims: TokenClaims, options?: TokenOptions): Promise<string>
  /** From now on signs with a new key; the old one is no longer published. */
  rotateKeys(): Promise<void>
  /** How many requests came so far. */
  asked(): number
  stop(): Promise<void>
}

interface Key {
  id: string
  privateKey: CryptoKey
  published: JWK
}

/** An OpenID Connect issuer in this process, on a free port of the loopback. */
export async function issuer(): Promise<Issuer> {
  let key = await newKey()
  const forger = await newKey()
  const documents: Record<string, () => unknown> = {
    '/.well-known/openid-configuration': () => ({
      issuer: url,
      jwks_uri: `${url}/jwks`,
      authorization_endpoint: `${url}/authorize`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    }),
    '/jwks': () => ({ keys: [key.published] }),
  }
  let asked = 0
  const server = createServer((request, response) => {
    asked++
    const document = documents[request.url ?? '']
    response.writeHead(document ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(document?.() ?? { error: 'not_found' }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const sign = (signer: Key, { userId, name, practices }: TokenClaims, options: TokenOptions = {}) => {
    const now = Math.floor(Date.now() / 1000)
    return new SignJWT({ name, practices })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.id })
      .setIssuer(options.issuer ?? url)
      .setAudience(options.audience ?? 'praxisbus')
      .setSubject(userId)
      .setIssuedAt(now)
      .setExpirationTime(now + (options.expiresInSeconds ?? 3600))
      .sign(signer.privateKey)
  }
  return {
    url,
    token: (claims, options) => sign(key, claims, options),
    forgedToken: (claims, options) => sign(forger, claims, options),
    async rotateKeys() {
      key = await newKey()
    },
    asked: () => asked,
    async stop() {
      server.closeAllConnections()
      server.close()
      if (server.listening) await once(server, 'close')
    },
  }
}

async function newKey(): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const id = randomUUID()
  return { id, privateKey, published: { ...(await exportJWK(publicKey)), kid: id, alg: 'ES256', use: 'sig' } }
}
