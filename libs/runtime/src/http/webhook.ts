import express, { type RequestHandler } from 'express'
import type { Database } from '../db.ts'
import type { Log } from '../log.ts'
import type { Principal } from '../principal.ts'
import { isRefusal } from '../refusal.ts'
import { refusalAnswer, runCommand, sendAnswer } from './command.ts'
import type { WebhookRoute } from './route.ts'

/** Far above any message we listen to; a stranger can make us read so much and no more. */
const MAX_BYTES = 256 * 1024

interface Hearer {
  readonly database: Database
  /** With the relay's login: whose record a message is about is not known before it was looked up. */
  readonly relayDatabase: Database
  readonly log: Log
  readonly onFacts: () => void
}

/**
 * Verify, find whose record it is about, act for that practice. Whatever its type is said to be, the body stays bytes:
 * parsed and written again it would not be what was signed.
 */
export function hearing(hearer: Hearer, route: WebhookRoute): RequestHandler[] {
  const { database, relayDatabase, log, onFacts } = hearer
  return [
    express.raw({ type: () => true, limit: MAX_BYTES }),
    async (request, response) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const message = route.verify({ body, header: (name) => request.get(name) })
      if (isRefusal(message)) {
        log.warn({ route: route.endpoint, refused: message.refused }, 'a message from outside was refused')
        return sendAnswer(response, refusalAnswer(message, route.refusals))
      }
      const found = await route.find(relayDatabase, message as never)
      if (found === undefined) {
        log.info({ route: route.endpoint }, 'a message from outside is about nothing of ours')
        return void response.status(200).json({ received: true })
      }
      const principal = senderOf(route, found.practiceId)
      const input = { message, found }
      sendAnswer(response, await runCommand(database, { route, principal, input }, onFacts))
    },
  ]
}

/** Nobody signed in: no permission, no token to hand on. */
function senderOf({ sender }: WebhookRoute, practiceId: string): Principal {
  return { userId: sender, name: sender, practiceId, permissions: new Set(), roles: [], token: '' }
}
