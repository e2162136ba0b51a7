import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { type Issuer, issuer, waitFor } from '@praxisbus/testing'
import { type Authenticate, openAuth } from './auth.ts'
import { newId } from './ids.ts'
import { AuthError, SignInUnavailable } from './principal.ts'

let signIn: Issuer
let authenticate: Authenticate
const [first, second] = [newId(), newId()]
const claims = {
  userId: 'clerk',
  name: 'Clerk',
  practices: {
    [first]: { roles: [], permissions: ['patient.read'] },
    [second]: { roles: ['Therapist'], permissions: ['patient.write'] },
  },
}

beforeAll(async () => {
  signIn = await issuer()
})
beforeEach(() => {
  authenticate = openAuth({ issuer: signIn.url, audience: 'praxisbus' })
})
afterAll(() => signIn.stop())

const ask = (token: string, practice: string | undefined = first) =>
  authenticate({ authorization: `Bearer ${token}`, practice })
const refused = (token: string) =>
  ask(token).then(
    () => undefined,
    (error: unknown) => (error instanceof AuthError ? error.kind : error),
  )

test('P-06 while the issuer is away tokens count for ten minutes, then nobody can be checked', async () => {
  const away = await issuer()
  const check = openAuth({ issuer: away.url, audience: 'praxisbus' })
  const authorization = `Bearer ${await away.token(claims)}`
  await check({ authorization, practice: first })
  await away.stop()
  const now = Date.now()
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => now + 9 * 60_000)
  try {
    expect((await check({ authorization, practice: first })).userId).toBe('clerk')
    clock.mockImplementation(() => now + 11 * 60_000)
    await expect(check({ authorization, practice: first })).rejects.toThrow(SignInUnavailable)
  } finally {
    clock.mockRestore()
  }
})

test('P-06 the issuer is asked once for a burst of first requests', async () => {
  const token = await signIn.token(claims)
  const before = signIn.asked()
  await Promise.all(Array.from({ length: 50 }, () => ask(token)))
  // Its configuration and its keys.
  expect(signIn.asked() - before).toBe(2)
})

describe('a token that was verified before (P-06)', () => {
  test('P-06 is asked for the practice of each request anew', async () => {
    const token = await signIn.token(claims)
    for (let round = 0; round < 2; round++) {
      expect(await ask(token, first)).toMatchObject({ practiceId: first, roles: [] })
      expect(await ask(token, second.toUpperCase())).toMatchObject({
        practiceId: second,
        roles: ['Therapist'],
      })
      await expect(ask(token, newId())).rejects.toThrow('do not work for that practice')
      await expect(authenticate({ authorization: `Bearer ${token}` })).rejects.toThrow('several practices')
    }
    expect((await ask(token, second)).permissions).toEqual(new Set(['patient.write']))
  })

  test('P-06 is refused when it has run out', async () => {
    // Within the tolerance of five seconds for clocks that differ.
    const token = await signIn.token(claims, { expiresInSeconds: 0 })
    expect(await refused(token)).toBeUndefined()
    await waitFor(async () => (await refused(token)) === 'unauthenticated', 20_000, 'the refusal')
  })

  test('P-06 is refused once the issuer’s keys were fetched without the one that signed it', async () => {
    const token = await signIn.token(claims)
    expect(await refused(token)).toBeUndefined()
    await signIn.rotateKeys()
    const other = await signIn.token(claims)
    // An unknown key has them fetched again, at most once a second.
    await waitFor(async () => (await refused(other)) === undefined, 20_000, 'the new key')
    expect(await refused(token)).toBe('unauthenticated')
    expect(await refused(other)).toBeUndefined()
  })

  test('P-06 vouches for no other that claims the same', async () => {
    expect(await refused(await signIn.token(claims))).toBeUndefined()
    expect(await refused(await signIn.forgedToken(claims))).toBe('unauthenticated')
    expect(await refused(await signIn.token(claims, { audience: 'other' }))).toBe('unauthenticated')
  })
})
