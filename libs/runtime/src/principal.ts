import type { Permission } from '@praxisbus/contracts'

/** Who is asking, for which practice. Comes from a verified token, never from a request's body. */
export interface Principal {
  readonly userId: string
  readonly name: string
  readonly practiceId: string
  readonly permissions: ReadonlySet<string>
  /** Signer roles and the like, as the identity provider states them for this practice. */
  readonly roles: readonly string[]
  /** The bearer token, forwarded on gRPC so that the next service decides by the same person's permissions. */
  readonly token: string
}

export function may(principal: Principal, permission: Permission): boolean {
  return principal.permissions.has(permission)
}

/** Thrown where nobody can be made out of the request; HTTP answers 401 (or 403 for `forbidden`), gRPC its like. */
export class AuthError extends Error {
  readonly kind: 'unauthenticated' | 'forbidden'
  readonly next: string
  /** Header or field that would settle it. */
  readonly field?: string
  constructor(kind: 'unauthenticated' | 'forbidden', message: string, next: string, field?: string) {
    super(message)
    this.kind = kind
    this.next = next
    this.field = field
  }
}

/** The issuer cannot be asked, so nobody can say whether a token is good. HTTP answers 503, gRPC UNAVAILABLE. */
export class SignInUnavailable extends Error {}
