import { randomBytes } from 'node:crypto'

const fresh = (prefix: string) => `${prefix}.${randomBytes(16).toString('hex')}`

export interface OAuthAnswer {
  readonly status: number
  readonly body: object
}

/** Google's token endpoint: https://developers.google.com/identity/protocols/oauth2/web-server */
export class OAuth {
  readonly clientId: string
  readonly clientSecret: string
  /** How long an access token is good for. */
  expiresInSeconds = 3_600
  readonly #refresh: Set<string>
  readonly #codes = new Map<string, string>()
  readonly #access = new Map<string, { readonly refreshToken: string; readonly untilMs: number }>()

  constructor(clientId: string, clientSecret: string, refreshTokens: readonly string[] = []) {
    this.clientId = clientId
    this.clientSecret = clientSecret
    this.#refresh = new Set(refreshTokens)
  }

  /** Of all consents that stand. */
  refreshTokens(): string[] {
    return [...this.#refresh]
  }

  /** The consent page, where somebody consents at once: back to the caller's page with a code. */
  authorize(query: URLSearchParams): OAuthAnswer & { readonly location?: string } {
    if (query.get('client_id') !== this.clientId)
      return refusal(401, 'invalid_client', 'The OAuth client was not found.')
    const back = query.get('redirect_uri') ?? ''
    if (query.get('response_type') !== 'code' || !URL.canParse(back))
      return refusal(400, 'invalid_request', 'Needs response_type=code and redirect_uri.')
    const location = new URL(back)
    location.searchParams.set('code', this.consent().code)
    const state = query.get('state')
    if (state !== null) location.searchParams.set('state', state)
    return { status: 302, body: {}, location: location.href }
  }

  /** A person consents: what the authorization page sends back. */
  consent(): { code: string; refreshToken: string } {
    const [code, refreshToken] = [fresh('4/code'), fresh('1//refresh')]
    this.#refresh.add(refreshToken)
    this.#codes.set(code, refreshToken)
    return { code, refreshToken }
  }

  /** The person takes the consent back at Google: nothing of it is good any more. */
  revoke(token: string): boolean {
    const refreshToken = this.#access.get(token)?.refreshToken ?? token
    for (const [access, { refreshToken: of }] of this.#access)
      if (of === refreshToken) this.#access.delete(access)
    return this.#refresh.delete(refreshToken)
  }

  /** Access tokens run out, the consent stands. */
  expireAccess(): void {
    this.#access.clear()
  }

  allows(authorization: string | undefined): boolean {
    const found = this.#access.get(authorization?.replace(/^Bearer /, '') ?? '')
    return found !== undefined && found.untilMs > Date.now()
  }

  token(form: URLSearchParams): OAuthAnswer {
    if (form.get('client_id') !== this.clientId || form.get('client_secret') !== this.clientSecret)
      return refusal(401, 'invalid_client', 'The OAuth client was not found.')
    const grant = form.get('grant_type')
    if (grant === 'refresh_token') return this.#grant(form.get('refresh_token') ?? '', false)
    if (grant !== 'authorization_code')
      return refusal(400, 'unsupported_grant_type', `Invalid grant_type: ${grant}`)
    const code = form.get('code') ?? ''
    const refreshToken = this.#codes.get(code)
    this.#codes.delete(code)
    if (!refreshToken || !form.get('redirect_uri'))
      return refusal(400, 'invalid_grant', 'Malformed auth code.')
    return this.#grant(refreshToken, true)
  }

  #grant(refreshToken: string, first: boolean): OAuthAnswer {
    if (!this.#refresh.has(refreshToken))
      return refusal(400, 'invalid_grant', 'Token has been expired or revoked.')
    const accessToken = fresh('ya29')
    this.#access.set(accessToken, { refreshToken, untilMs: Date.now() + this.expiresInSeconds * 1_000 })
    const scope = 'https://www.googleapis.com/auth/calendar'
    const common = {
      access_token: accessToken,
      expires_in: this.expiresInSeconds,
      scope,
      token_type: 'Bearer',
    }
    return { status: 200, body: first ? { ...common, refresh_token: refreshToken } : common }
  }
}

function refusal(status: number, error: string, description: string): OAuthAnswer {
  return { status, body: { error, error_description: description } }
}
