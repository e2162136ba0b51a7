/** The little of this package that is used here; it ships no types. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http'
  export default class Provider {
    constructor(
      issuer: string,
      configuration: Record<string, unknown> & {
        extraTokenClaims(context: unknown, token: { clientId: string }): Promise<object | undefined>
      },
    )
    callback(): RequestListener
  }
}
