import { AuthError, type Principal } from '@praxisbus/runtime'

/** For a server that stands in for another service: reads who asks from the forwarded token; that it is genuine was checked where it came in. */
export async function bearerOf({
  authorization = '',
  practice,
}: {
  authorization?: string
  practice?: string
}): Promise<Principal> {
  const token = authorization.replace(/^Bearer /, '')
  const [, payload] = token.split('.')
  if (!payload || !practice)
    throw new AuthError('unauthenticated', 'No token or practice came along', 'Forward both.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const grant = claims.practices[practice]
  return {
    userId: claims.sub,
    name: claims.name,
    practiceId: practice,
    permissions: new Set(grant.permissions),
    roles: grant.roles,
    token,
  }
}
