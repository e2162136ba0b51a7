import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openAuth } from '@praxisbus/runtime'
import { freePort } from '@praxisbus/testing/ground/ports.ts'
import { type Home, homeFrom } from './home.ts'
import { openPractice } from './practice/folder.ts'
import { issuerSpec, issuerUrl } from './services.ts'
import { DEVELOPMENT_PASSWORD, issuerUsers } from './sign-in.ts'
import { keepRunning, type Running } from './supervise.ts'

const practice = openPractice()
let home: Home
let issuer: Running

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'praxisbus-issuer-'))
  home = homeFrom({ PRAXISBUS_HOME: folder, PRAXISBUS_PORT_BASE: String(await freePort()) })
  issuer = await keepRunning(issuerSpec(home, issuerUsers(practice), 'cookie key'), () => undefined)
})
afterAll(async () => {
  await issuer.stop()
  rmSync(home.folder, { recursive: true, force: true })
})

async function signIn(user: string, password: string) {
  const answer = await fetch(`${issuerUrl(home)}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  return { status: answer.status, body: (await answer.json()) as { access_token: string } }
}

describe('P-06 P-08 the development sign-in', () => {
  test('P-06 a token carries practice, permissions and signer roles as the services read them', async () => {
    const { body } = await signIn('clinician', DEVELOPMENT_PASSWORD)
    const authenticate = openAuth({ issuer: issuerUrl(home), audience: 'praxisbus' })
    const principal = await authenticate({ authorization: `Bearer ${body.access_token}` })
    expect(principal).toMatchObject({ userId: 'clinician', practiceId: practice.practiceId })
    expect(principal.roles).toEqual(['clinician', 'therapist', 'supervisor'])
    expect(principal.permissions.has('encounter.sign')).toBe(true)
    expect(principal.permissions.has('billing.post')).toBe(false)
  })

  test('P-06 a wrong password and an unknown user get no token', async () => {
    expect((await signIn('clinician', 'guess')).status).toBe(401)
    expect((await signIn('nobody', DEVELOPMENT_PASSWORD)).status).toBe(401)
  })

  test('P-08 a token of the last run is still good after a restart', async () => {
    const { body } = await signIn('biller', DEVELOPMENT_PASSWORD)
    await issuer.stop()
    issuer = await keepRunning(issuerSpec(home, issuerUsers(practice), 'cookie key'), () => undefined)
    const authenticate = openAuth({ issuer: issuerUrl(home), audience: 'praxisbus' })
    expect(await authenticate({ authorization: `Bearer ${body.access_token}` })).toMatchObject({
      userId: 'biller',
    })
  })
})
