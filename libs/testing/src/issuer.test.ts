import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openAuth } from '@praxisbus/runtime'
import { type Issuer, issuer } from './issuer.ts'

const practiceId = '0198a000-0000-7000-8000-000000000001'
const claims = {
  userId: 'u1',
  name: 'Ada',
  practices: { [practiceId]: { roles: ['therapist'], permissions: ['patient.read'] } },
}
let signIn: Issuer
beforeAll(async () => {
  signIn = await issuer()
})
afterAll(() => signIn.stop())

const enter = (token: string) =>
  openAuth({ issuer: signIn.url, audience: 'praxisbus' })({ authorization: `Bearer ${token}` })

test('its tokens name the user, the practice and the permissions', async () => {
  expect(await enter(await signIn.token(claims))).toMatchObject({
    userId: 'u1',
    name: 'Ada',
    practiceId,
    roles: ['therapist'],
    permissions: new Set(['patient.read']),
  })
})

test('forged, outworn and foreign tokens are refused, and those of a key that was rotated away', async () => {
  const before = await signIn.token(claims)
  const bad = [
    await signIn.forgedToken(claims),
    await signIn.token(claims, { expiresInSeconds: -60 }),
    await signIn.token(claims, { audience: 'somebody-else' }),
    await signIn.token(claims, { issuer: 'http://127.0.0.1:1' }),
  ]
  for (const token of bad) await expect(enter(token)).rejects.toThrow('not valid')
  await signIn.rotateKeys()
  await expect(enter(before)).rejects.toThrow('not valid')
  expect(await enter(await signIn.token(claims))).toMatchObject({ userId: 'u1' })
})

test('keys may be asked for at another address, as long as what answers there is the same issuer', async () => {
  const token = await signIn.token(claims)
  const elsewhere = (discoveryUrl: string, named = signIn.url) =>
    openAuth({ issuer: named, audience: 'praxisbus', discoveryUrl })({ authorization: `Bearer ${token}` })
  const other = signIn.url.replace('127.0.0.1', 'localhost')
  expect(await elsewhere(other)).toMatchObject({ userId: 'u1' })
  await expect(elsewhere(other, 'http://127.0.0.1:1')).rejects.toThrow('cannot be asked')
})
