import { createRemoteJWKSet, errors, type JWKSCacheInput, type JWTPayload, jwksCache, jwtVerify } from 'jose'
import { z } from 'zod'
import { isUuid } from './ids.ts'
import { AuthError, type Principal, SignInUnavailable } from './principal.ts'

export interface Credentials {
  /** The Authorization header as it came. */
  readonly authorization?: string
  /** Which practice the request is for; needed only by users who work for several. */
  readonly practice?: string
  /** Name of the request's own field for the practice, where it has one. */
  readonly practiceField?: string
}

export type Authenticate = (credentials: Credentials) => Promise<Principal>

const practicesClaim = z.record(
  z.uuid(),
  z.object({ roles: z.array(z.string()).default([]), permissions: z.array(z.string()).default([]) }),
)

const SIGN_IN = 'Sign in again and send the new access token as `Authorization: Bearer …`.'
const CLOCK_TOLERANCE_SECONDS = 5
/** As long as `jose` waits for the keys. */
const ISSUER_TIMEOUT_MS = 5_000
/** OpenID Connect Core, 2: at most 255 ASCII characters. It stands in every audit entry. */
const SUBJECT = /^[\x20-\x7e]{1,255}$/

/**
 * Verifies access tokens of any OpenID Connect issuer (mission P-06). The claim `practices` says for which practices the
 * user works, in which roles, with which permissions: `{ "<practice id>": { "roles": [], "permissions": [] } }`.
 */
export function openAuth(settings: {
  issuer: string
  audience: string
  /** Where the issuer's configuration is asked for; default: at the issuer. */
  discoveryUrl?: string
}): Authenticate {
  const issuer = settings.issuer.replace(/\/$/, '')
  const published: JWKSCacheInput = {}
  let keys: ReturnType<typeof createRemoteJWKSet> | undefined
  const discover = async () => {
    const uri = new URL(await discoverJwksUri(issuer, settings.discoveryUrl ?? issuer))
    keys = createRemoteJWKSet(uri, { cooldownDuration: 1_000, [jwksCache]: published })
    return keys
  }
  let discovering: Promise<NonNullable<typeof keys>> | undefined
  /** All that come before it is known wait for one question: a burst at the start would ask as often as it is large. */
  const keySet = async () => {
    if (keys) return keys
    discovering ??= discover().finally(() => {
      discovering = undefined
    })
    return discovering
  }
  const seen = new Map<string, SeenToken>()
  const verify = async (token: string): Promise<SeenToken> => {
    const payload = await keySet()
      .then((found) => verified(token, found, issuer, settings.audience))
      .catch((error: unknown) => {
        throw error instanceof AuthError
          ? error
          : new SignInUnavailable('The issuer cannot be asked', { cause: error })
      })
    const expiresAt = (payload.exp! + CLOCK_TOLERANCE_SECONDS) * 1000
    return { payload, keySet: published.jwks, expiresAt, principals: new Map() }
  }
  return async ({ authorization, practice, practiceField }) => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1]
    if (!token) throw new AuthError('unauthenticated', 'No bearer token came with the request', SIGN_IN)
    let found = seen.get(token)
    // Held to the very key set that verified it, so that a key which the issuer took back counts no longer than without this.
    if (!found || !keys?.fresh || found.keySet !== published.jwks || Date.now() >= found.expiresAt) {
      seen.delete(token)
      found = await verify(token)
      if (seen.size >= MAX_SEEN) seen.delete(seen.keys().next().value!)
      seen.set(token, found)
    }
    let principal = found.principals.get(practice)
    if (!principal) {
      principal = principalOf(found.payload, token, practice, practiceField)
      if (found.principals.size < MAX_SPELLINGS) found.principals.set(practice, principal)
    }
    return principal
  }
}

/** Checking a signature takes 0.1 ms, and a person asks more than once. */
interface SeenToken {
  readonly payload: JWTPayload
  /** The published keys by which it was verified. */
  readonly keySet: unknown
  readonly expiresAt: number
  /** By the practice asked for, in each spelling that came. */
  readonly principals: Map<string | undefined, Principal>
}

const MAX_SEEN = 1_000
const MAX_SPELLINGS = 20

/** Asked elsewhere, the document must still name the issuer: another issuer's keys are never taken for its own. */
async function discoverJwksUri(issuer: string, at: string): Promise<string> {
  const answer = await fetch(`${at.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(ISSUER_TIMEOUT_MS),
  })
  const document = z.object({ issuer: z.string(), jwks_uri: z.url() }).parse(await answer.json())
  if (document.issuer.replace(/\/$/, '') !== issuer)
    throw new Error(`the issuer calls itself ${document.issuer}, not ${issuer}`)
  return document.jwks_uri
}

async function verified(
  token: string,
  keys: ReturnType<typeof createRemoteJWKSet>,
  issuer: string,
  audience: string,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: [issuer, `${issuer}/`],
      audience,
      algorithms: ['RS256', 'ES256', 'PS256', 'EdDSA'],
      requiredClaims: ['sub', 'exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    })
    return payload
  } catch (error) {
    // A key set that cannot be fetched is our trouble, not a wrong token: JWKSTimeout, or the bare JOSEError of a bad answer.
    const ofToken =
      error instanceof errors.JOSEError &&
      !(error instanceof errors.JWKSTimeout) &&
      error.code !== 'ERR_JOSE_GENERIC'
    if (ofToken) {
      throw new AuthError('unauthenticated', `The access token is not valid: ${error.message}`, SIGN_IN)
    }
    throw error
  }
}

function principalOf(
  payload: JWTPayload,
  token: string,
  wanted: string | undefined,
  field = 'Praxisbus-Practice',
): Principal {
  if (!SUBJECT.test(payload.sub!)) {
    throw new AuthError('unauthenticated', 'The access token names no user that can be recorded', SIGN_IN)
  }
  const claim = practicesClaim.safeParse(payload.practices)
  if (!claim.success || Object.keys(claim.data).length === 0) {
    throw new AuthError(
      'forbidden',
      'The access token names no practice',
      'Ask the administrator of the sign-in to add the claim `practices`.',
    )
  }
  const practiceIds = Object.keys(claim.data)
  const practiceId = wanted ?? (practiceIds.length === 1 ? practiceIds[0] : undefined)
  if (practiceId === undefined) {
    throw new AuthError(
      'forbidden',
      'You work for several practices and did not say for which one this is',
      `Send its id as ${field}.`,
      field,
    )
  }
  const grant = isUuid(practiceId) && (claim.data[practiceId.toLowerCase()] ?? claim.data[practiceId])
  if (!grant)
    throw new AuthError(
      'forbidden',
      'You do not work for that practice',
      `Send the id of one of your practices as ${field}.`,
      field,
    )
  return {
    userId: payload.sub!,
    name: typeof payload.name === 'string' ? payload.name : payload.sub!,
    practiceId: practiceId.toLowerCase(),
    permissions: new Set(grant.permissions),
    roles: grant.roles,
    token,
  }
}
