import { createHash, randomUUID } from 'node:crypto'
import { openAuth, openDatabase } from '@praxisbus/runtime'
import { runCommand } from '@praxisbus/runtime/http/command.ts'
import type { CommandRoute } from '@praxisbus/runtime/http/route.ts'
import { receipts } from '../../services/billing/src/routes/receipts.ts'
import { serveParent } from '../calls/child.ts'
import type { PostingsTarget } from './books.ts'
import { CENTS, madeId, type PostingsLoad, paymentRate } from './work.ts'

const route = receipts.find(({ endpoint }) => endpoint === 'POST /v1/receipts/:id/payments') as CommandRoute

/** Billing's own command, with the key of the request, the audit entry and the kept answer; without HTTP. */
serveParent(async ({ appUrl, issuerUrl, token }: PostingsTarget) => {
  const database = openDatabase(appUrl)
  const principal = await openAuth({ issuer: issuerUrl, audience: 'praxisbus' })({
    authorization: `Bearer ${token}`,
  })
  return async (load: PostingsLoad) =>
    paymentRate(load, async ({ receipt, charges }) => {
      const key = randomUUID()
      const input = {
        id: madeId('receipt', receipt),
        batchId: null,
        applications: charges.map((charge) => ({ chargeId: madeId('charge', charge), amountCents: CENTS })),
      }
      const requestHash = createHash('sha256').update(key).digest()
      const answer = await runCommand(
        database,
        { route, principal, input, idempotency: { key, requestHash } },
        () => undefined,
      )
      if (answer.status !== 201) throw new Error(`not applied: ${answer.body}`)
    })
})
