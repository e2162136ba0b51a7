import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { ROLES } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { openBillingDesk } from '../test-kit.ts'
import { type OnlineDesk, openOnlineDesk } from '../test-online.ts'

let desk: OnlineDesk
beforeAll(async () => {
  desk = await openOnlineDesk()
})
afterAll(() => desk.close())

const PATH = '/v1/payment-partner'

test('B-02 who may manage it connects and disconnects; everybody in billing sees whether, nobody sees a secret', async () => {
  const shown = await desk.biller.get(PATH)
  expect(shown.body).toEqual({
    connected: true,
    accountId: desk.accountId,
    connectedAt: expect.any(String),
    connectedBy: 'owner',
    offered: true,
    version: 1,
  })
  expect(JSON.stringify(shown.body)).not.toMatch(/sk_|whsec_/)
  expect((await desk.biller.put(PATH, { accountId: desk.accountId })).status).toBe(403)
  expect((await desk.biller.delete(PATH)).status).toBe(403)
  expect((await desk.owner.delete(PATH)).body).toMatchObject({
    connected: false,
    accountId: null,
    offered: false,
  })
  expect(await desk.owner.delete(PATH)).toMatchObject({ status: 409 })
  const again = await desk.owner.put(PATH, { accountId: desk.accountId })
  expect(again.body).toMatchObject({ connected: true, version: 3 })
  const stale = await desk.owner.put(PATH, { accountId: desk.accountId }, { ifMatch: 1 })
  expect(stale.status).toBe(412)
})

test('B-02 an account that is not there, may not take money, or cannot be asked for is refused by name', async () => {
  const refused = async (accountId: string) => {
    const { status, body } = await desk.owner.put(PATH, { accountId })
    return [status, body.errors?.[0]?.field]
  }
  expect(await refused('acct_nobody')).toEqual([422, 'accountId'])
  desk.stripe.connect('acct_new', { chargesEnabled: false })
  expect(await refused('acct_new')).toEqual([422, 'accountId'])
  expect(await refused('4711')).toEqual([400, 'accountId'])
  desk.stripe.trouble({ on: 'GET /v1/accounts', how: 'fault', times: 2 })
  expect((await refused(desk.accountId))[0]).toBe(503)
  expect((await desk.owner.get(PATH)).body).toMatchObject({ accountId: desk.accountId })
})

test('P-06 B-02 an account takes the payments of one practice: another cannot claim it', async () => {
  const other = await desk.as({ permissions: [...ROLES.owner!], practiceIds: [newId()] })
  const answer = await other.put(PATH, { accountId: desk.accountId })
  expect(answer).toMatchObject({ status: 409, body: { type: 'urn:praxisbus:problem:account_taken' } })
  await desk.owner.delete(PATH)
  expect((await other.put(PATH, { accountId: desk.accountId })).status).toBe(200)
  expect((await desk.owner.put(PATH, { accountId: desk.accountId })).status).toBe(409)
})

test('B-02 an installation without a payment partner says so, and takes no messages', async () => {
  const bare = await openBillingDesk()
  try {
    const owner = await bare.as({ permissions: [...ROLES.owner!] })
    expect(await owner.put(PATH, { accountId: 'acct_1' })).toMatchObject({
      status: 409,
      body: { type: 'urn:praxisbus:problem:not_set', next: expect.stringContaining('STRIPE_API_KEY') },
    })
    const heard = await fetch(`${bare.url}/v1/webhooks/stripe`, { method: 'POST', body: '{}' })
    expect(heard.status).toBe(503)
  } finally {
    await bare.close()
  }
})
