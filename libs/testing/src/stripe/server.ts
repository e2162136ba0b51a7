import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Account,
  completeSession,
  found,
  freshId,
  nowSeconds,
  openPage,
  Refused,
  type Session,
  type StripeEvent,
} from './objects.ts'
import { answerCall } from './protocol.ts'
import { signatureOf } from './signature.ts'
import {
  accountOf,
  connectAccount,
  keepAccounts,
  readAccounts,
  type StripeRequest,
  type StripeState,
  type StripeTrouble,
} from './state.ts'

export type { StripeRequest, StripeTrouble } from './state.ts'

/**
 * Speaks as much of Stripe's protocol as payment links need, for tests: form-encoded requests, the key, Stripe-Account,
 * Idempotency-Key, lists, signed messages. Nothing in it takes money. It fails on command.
 */
export interface StripeServer {
  readonly url: string
  readonly apiKey: string
  readonly webhookSecret: string
  /** Every request with our key, in order. */
  readonly requests: readonly StripeRequest[]
  /** An account that is connected to ours from now on. */
  connect(accountId: string, options?: { chargesEnabled?: boolean }): Account
  /** In place of the troubles so far. */
  trouble(...troubles: StripeTrouble[]): void
  openPage(accountId: string, linkId: string): Session
  /** Somebody pays: at the page given, or at one opened now. Returns the message that Stripe would send. */
  pay(
    accountId: string,
    linkId: string,
    how?: { at?: Session; status?: 'paid' | 'unpaid'; atSeconds?: number },
  ): StripeEvent
  /** A message about anything, not sent yet. */
  event(accountId: string, type: string, object: object): StripeEvent
  /** Sends a message, signed as Stripe signs it unless told otherwise. */
  deliver(
    webhookUrl: string,
    event: object,
    signed?: { secret?: string; atSeconds?: number },
  ): Promise<Response>
  stop(): Promise<void>
}

export interface StripeOptions {
  readonly port?: number
  readonly apiKey?: string
  readonly webhookSecret?: string
  /** Where messages go by themselves when a page is paid in a browser. */
  readonly webhookUrl?: string
  readonly anyAccount?: boolean
  /** Accounts with their links are kept here, and are there again at the next start. */
  readonly file?: string
}

const SEND_TIMEOUT_MS = 20_000
const RESENDS = 40
const RESEND_PAUSE_MS = 500

export async function startStripe(options: StripeOptions = {}): Promise<StripeServer> {
  const { apiKey = 'sk_test_praxisbus', webhookSecret = 'whsec_praxisbus', anyAccount = false } = options
  const server = createServer((request, response) => {
    const answering = request.url!.startsWith('/pay/')
      ? showPage(stripe, state, options.webhookUrl, request, response)
      : answerCall(state, request, response)
    const kept = () => options.file && keepAccounts(state, options.file)
    answering.then(kept).catch((error: Error) => response.destroy(error))
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const state: StripeState = {
    ...{ url, apiKey, anyAccount },
    accounts: options.file ? readAccounts(options.file) : new Map(),
    requests: [],
    kept: new Map(),
    troubles: [],
    held: new Set(),
  }
  const stripe: StripeServer = {
    ...{ url, apiKey, webhookSecret },
    requests: state.requests,
    connect: (id, { chargesEnabled } = {}) => connectAccount(state, id, chargesEnabled),
    trouble: (...list) => {
      state.troubles.splice(0)
      state.troubles.push(...list.map((trouble) => ({ trouble, left: trouble.times ?? 1 })))
    },
    openPage: (accountId, linkId) => openPage(accountOf(state, accountId), linkId),
    pay: (accountId, linkId, how) => pay(state, accountId, linkId, how),
    event: (account, type, object) => eventOf(account, type, object),
    deliver: (to, event, signed) => deliver(to, event, { secret: webhookSecret, ...signed }),
    stop: async () => {
      for (const response of state.held) response.destroy()
      server.closeAllConnections()
      server.close()
      if (server.listening) await once(server, 'close')
    },
  }
  return stripe
}

function eventOf(account: string, type: string, object: object, created = nowSeconds()): StripeEvent {
  return { id: freshId('evt'), object: 'event', type, account, created, data: { object } }
}

function pay(
  state: StripeState,
  accountId: string,
  linkId: string,
  {
    at,
    status = 'paid',
    atSeconds = nowSeconds(),
  }: { at?: Session; status?: 'paid' | 'unpaid'; atSeconds?: number } = {},
): StripeEvent {
  const account = accountOf(state, accountId)
  const session = at ?? openPage(account, linkId)
  completeSession(account, session, status, atSeconds)
  const { paidAt: _, ...told } = session
  return eventOf(accountId, 'checkout.session.completed', told, atSeconds)
}

function deliver(
  webhookUrl: string,
  event: object,
  { secret, atSeconds = nowSeconds() }: { secret: string; atSeconds?: number },
): Promise<Response> {
  const body = JSON.stringify(event)
  return fetch(webhookUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': signatureOf(body, secret, atSeconds),
    },
    body,
    signal: AbortSignal.timeout(SEND_TIMEOUT_MS),
  })
}

/** As Stripe sends again what was not acknowledged, within less time. */
async function deliverUntilHeard(stripe: StripeServer, webhookUrl: string, event: object): Promise<number> {
  for (let left = RESENDS; ; left--) {
    const status = await stripe.deliver(webhookUrl, event).then(
      (answer) => answer.status,
      () => 503,
    )
    if (status < 300 || left === 0) return status
    await sleep(RESEND_PAUSE_MS)
  }
}

/** What is behind a link, for a browser: a button that pays, and tells the practice's system. */
async function showPage(
  stripe: StripeServer,
  state: StripeState,
  webhookUrl: string | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const html = (status: number, words: string) =>
    void response
      .writeHead(status, { 'content-type': 'text/html; charset=utf-8' })
      .end(`<!doctype html><title>Stand-in of the payment partner</title><p>${words}</p>`)
  const [, , accountId, linkId] = request.url!.split('/')
  try {
    const { amount } = found(accountOf(state, accountId).links, linkId!)
    if (request.method !== 'POST')
      return html(
        200,
        `Nothing here takes money. <form method="post"><button>Pay ${amount} cents</button></form>`,
      )
    const event = stripe.pay(accountId!, linkId!)
    const heard = webhookUrl ? await deliverUntilHeard(stripe, webhookUrl, event) : 'nobody was told'
    html(200, `Paid. The practice's system answered: ${heard}.`)
  } catch (error) {
    html(error instanceof Refused ? error.status : 502, (error as Error).message.replaceAll('<', '&lt;'))
  }
}
