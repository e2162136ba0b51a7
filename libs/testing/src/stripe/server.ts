import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type Form, readForm, said } from './form.ts'
import {
  type Account,
  completeSession,
  expireSession,
  found,
  freshId,
  makeLink,
  openPage,
  pageOf,
  Refused,
  type Session,
  type StripeEvent,
} from './objects.ts'
import { signatureOf } from './signature.ts'

/**
 * What goes wrong with the next requests of a kind. `drop` and `hang` break or keep the connection; `-after`: the work was done.
 * `fault`: 500, kept under the idempotency key, as Stripe keeps it.
 */
export interface StripeTrouble {
  /** `POST /v1/payment_links`, `GET /v1/checkout/sessions`, …; ids of a path are left out. */
  readonly on: string
  readonly how:
    | 'drop'
    | 'drop-after'
    | 'hang-after'
    | 'fault'
    | 'fault-after'
    | 'too-many'
    | 'refused'
    | 'no-access'
  readonly times?: number
}

export interface StripeRequest {
  readonly call: string
  readonly account: string | undefined
  readonly idempotencyKey: string | undefined
  readonly form: Form
}

/**
 * Speaks as much of Stripe's protocol as payment links need, for tests and the local run: form-encoded requests, the key,
 * Stripe-Account, Idempotency-Key, lists, signed messages. Nothing in it takes money. It fails on command.
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
  pay(accountId: string, linkId: string, how?: { at?: Session; status?: 'paid' | 'unpaid' }): StripeEvent
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
  /** Takes any account for connected: for the local run. */
  readonly anyAccount?: boolean
}

interface Kept {
  readonly hash: string
  readonly status: number
  readonly body: string
}

export async function startStripe(options: StripeOptions = {}): Promise<StripeServer> {
  const apiKey = options.apiKey ?? 'sk_test_praxisbus'
  const webhookSecret = options.webhookSecret ?? 'whsec_praxisbus'
  const accounts = new Map<string, Account>()
  const requests: StripeRequest[] = []
  const kept = new Map<string, Kept | 'running'>()
  const troubles: { trouble: StripeTrouble; left: number }[] = []
  const held = new Set<ServerResponse>()

  const connect: StripeServer['connect'] = (id, { chargesEnabled = true } = {}) => {
    const account: Account = { id, chargesEnabled, links: [], sessions: [] }
    accounts.set(id, account)
    return account
  }
  const accountOf = (id: string | undefined): Account => {
    const account = id === undefined ? undefined : accounts.get(id)
    if (account) return account
    if (id && options.anyAccount) return connect(id)
    throw new Refused(
      403,
      'invalid_request_error',
      `The provided key does not have access to account '${id}'.`,
    )
  }
  const event: StripeServer['event'] = (account, type, object) => ({
    id: freshId('evt'),
    object: 'event',
    type,
    account,
    created: Math.floor(Date.now() / 1_000),
    data: { object },
  })
  const pay: StripeServer['pay'] = (accountId, linkId, { at, status = 'paid' } = {}) => {
    const account = accountOf(accountId)
    const session = at ?? openPage(account, linkId)
    completeSession(account, session, status)
    return event(accountId, 'checkout.session.completed', { ...session })
  }
  const deliver: StripeServer['deliver'] = (webhookUrl, message, { secret, atSeconds } = {}) => {
    const body = JSON.stringify(message)
    const at = atSeconds ?? Math.floor(Date.now() / 1_000)
    return fetch(webhookUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': signatureOf(body, secret ?? webhookSecret, at),
      },
      body,
      signal: AbortSignal.timeout(20_000),
    })
  }

  const takeTrouble = (call: string): StripeTrouble['how'] | undefined => {
    const next = troubles.find(({ trouble, left }) => trouble.on === call && left > 0)
    if (next) next.left--
    return next?.trouble.how
  }

  /** The work itself, once for each idempotency key. */
  const perform = (call: string, path: string[], form: Form, query: URLSearchParams, accountId?: string) => {
    const [, kind, ...rest] = path
    if (call === 'GET /v1/accounts') {
      const { id, chargesEnabled } = accountOf(rest[0])
      return { id, object: 'account', charges_enabled: chargesEnabled }
    }
    const account = accountOf(accountId)
    const { links, sessions } = account
    if (kind === 'payment_links') {
      if (call.startsWith('POST') && rest.length === 0) return makeLink(account, form, url)
      if (rest.length === 0)
        return pageOf(
          links.filter(({ active }) => active),
          query,
          '/v1/payment_links',
        )
      const link = found(links, rest[0]!)
      if (call.startsWith('POST')) link.active = said(form, 'active') !== 'false'
      return link
    }
    if (kind === 'checkout' && call.startsWith('GET')) {
      const of = (one: Session) =>
        one.payment_link === query.get('payment_link') && one.status === query.get('status')
      return pageOf(sessions.filter(of), query, '/v1/checkout/sessions')
    }
    if (kind === 'checkout' && rest[2] === 'expire') return expireSession(account, rest[1]!)
    throw new Refused(404, 'invalid_request_error', `Unrecognized request URL (${call})`)
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = new URL(request.url!, 'http://stripe')
    const path = asked.pathname.split('/').filter(Boolean)
    if (path[0] === 'pay') return page(request, response, path[1]!, path[2]!)
    const call = `${request.method} /${path.filter((part) => !/^(plink|cs|acct)_/.test(part)).join('/')}`
    const body = await text(request)
    const header = (name: string) => request.headers[name] as string | undefined
    const send = (status: number, content: string) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(content)
    const refuse = (status: number, type: string, message: string) =>
      send(status, JSON.stringify({ error: { type, message } }))
    if (header('authorization') !== `Bearer ${apiKey}`)
      return void refuse(401, 'invalid_request_error', 'Invalid API Key provided')
    const [account, key] = [header('stripe-account'), header('idempotency-key')]
    const form = readForm(body)
    requests.push({ call, account, idempotencyKey: key, form })
    const trouble = takeTrouble(call)
    if (trouble === 'drop') return void request.socket.destroy()
    if (trouble === 'too-many') return void refuse(429, 'invalid_request_error', 'Too many requests')
    if (trouble === 'no-access') return void refuse(403, 'invalid_request_error', 'This key may not do that')
    const once = key && `${account} ${key}`
    const hash = createHash('sha256').update(`${call}\n${body}`).digest('hex')
    const before = once ? kept.get(once) : undefined
    if (before === 'running')
      return void refuse(
        409,
        'idempotency_error',
        'There is currently another in-progress request using this key',
      )
    if (before && before.hash !== hash)
      return void refuse(
        400,
        'idempotency_error',
        'Keys for idempotent requests can only be used with the same parameters',
      )
    if (before) return void send(before.status, before.body)
    const keep = (status: number, content: string) => {
      if (once) kept.set(once, { hash, status, body: content })
    }
    const faulty = (status: number, type: string, message: string) => {
      keep(status, JSON.stringify({ error: { type, message } }))
      return void refuse(status, type, message)
    }
    if (trouble === 'fault') return faulty(500, 'api_error', 'Something went wrong at our side')
    if (trouble === 'refused') return faulty(402, 'card_error', 'The account cannot take this')
    let done: string
    try {
      done = JSON.stringify(perform(call, path, form, asked.searchParams, account))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return void refuse(error.status, error.type, error.message)
    }
    if (trouble === 'fault-after') return faulty(500, 'api_error', 'Something went wrong at our side')
    keep(200, done)
    if (trouble === 'drop-after') return void request.socket.destroy()
    if (trouble === 'hang-after') return void held.add(response)
    send(200, done)
  }

  /** The page behind a link, for a browser: a button that pays. */
  const page = async (
    request: IncomingMessage,
    response: ServerResponse,
    accountId: string,
    linkId: string,
  ) => {
    const html = (status: number, words: string) =>
      response
        .writeHead(status, { 'content-type': 'text/html; charset=utf-8' })
        .end(`<!doctype html><title>Stand-in of the payment partner</title><p>${words}</p>`)
    try {
      const link = found(accountOf(accountId).links, linkId)
      if (request.method !== 'POST')
        return void html(
          200,
          `Nothing here takes money. <form method="post"><button>Pay ${link.amount} cents</button></form>`,
        )
      const message = pay(accountId, linkId)
      const heard = options.webhookUrl ? await deliver(options.webhookUrl, message) : undefined
      html(200, `Paid. The practice's system answered ${heard?.status ?? 'nobody'}.`)
    } catch (error) {
      html(error instanceof Refused ? error.status : 502, (error as Error).message.replaceAll('<', '&lt;'))
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => {
      response.destroy(error)
    })
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    apiKey,
    webhookSecret,
    requests,
    connect,
    trouble: (...list) =>
      void troubles.splice(
        0,
        troubles.length,
        ...list.map((trouble) => ({ trouble, left: trouble.times ?? 1 })),
      ),
    openPage: (accountId, linkId) => openPage(accountOf(accountId), linkId),
    pay,
    event,
    deliver,
    stop: async () => {
      for (const response of held) response.destroy()
      server.closeAllConnections()
      server.close()
      if (server.listening) await once(server, 'close')
    },
  }
}
