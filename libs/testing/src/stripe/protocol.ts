import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { type Form, readForm, said } from './form.ts'
import { expireSession, found, makeLink, pageOf, Refused, type Session, withCharge } from './objects.ts'
import { accountOf, type StripeState, takeTrouble } from './state.ts'

interface Call {
  /** Method and path without ids. */
  readonly name: string
  readonly path: readonly string[]
  readonly query: URLSearchParams
  readonly account: string | undefined
  readonly key: string | undefined
  readonly form: Form
  readonly hash: string
}

/** One request of the API: the key, what goes wrong, the idempotency key, then the work. */
export async function answerCall(
  state: StripeState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const call = await readCall(request)
  const send = (status: number, body: string) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  if (request.headers.authorization !== `Bearer ${state.apiKey}`)
    return send(401, errorOf('invalid_request_error', 'Invalid API Key provided'))
  state.requests.push({ call: call.name, account: call.account, idempotencyKey: call.key, form: call.form })
  const trouble = takeTrouble(state, call.name)
  if (trouble === 'drop') return void request.socket.destroy()
  if (trouble === 'too-many') return send(429, errorOf('invalid_request_error', 'Too many requests'))
  if (trouble === 'no-access') return send(403, errorOf('invalid_request_error', 'This key may not do that'))
  const { status, body } = once(state, call, () => work(state, call, trouble))
  if (trouble === 'drop-after') return void request.socket.destroy()
  if (trouble === 'hang-after') return void state.held.add(response)
  send(status, body)
}

async function readCall(request: IncomingMessage): Promise<Call> {
  const asked = new URL(request.url!, 'http://stripe')
  const path = asked.pathname.split('/').filter(Boolean)
  const name = `${request.method} /${path.filter((part) => !/^(plink|cs|acct)_/.test(part)).join('/')}`
  const body = await text(request)
  const header = (of: string) => request.headers[of] as string | undefined
  const hash = createHash('sha256').update(`${request.method} ${request.url}\n${body}`).digest('hex')
  return {
    name,
    path,
    query: asked.searchParams,
    account: header('stripe-account'),
    key: header('idempotency-key'),
    form: readForm(body),
    hash,
  }
}

interface Outcome {
  readonly status: number
  readonly body: string
  /** Stripe keeps answers once the work began, faults too; what it refused before is free to be asked again. */
  readonly keep: boolean
}

/** The same key gets the first answer; with another request it is refused. */
function once(
  state: StripeState,
  { account, key, hash }: Call,
  perform: () => Outcome,
): Omit<Outcome, 'keep'> {
  const name = `${account} ${key}`
  const before = key ? state.kept.get(name) : undefined
  if (before && before.hash !== hash) {
    const message = 'Keys for idempotent requests can only be used with the same parameters'
    return { status: 400, body: errorOf('idempotency_error', message) }
  }
  if (before) return before
  const { status, body, keep } = perform()
  if (key && keep) state.kept.set(name, { hash, status, body })
  return { status, body }
}

function work(state: StripeState, call: Call, trouble: string | undefined): Outcome {
  const fault = { status: 500, body: errorOf('api_error', 'Something went wrong at our side'), keep: true }
  if (trouble === 'fault') return fault
  if (trouble === 'refused')
    return { status: 402, body: errorOf('card_error', 'The account cannot take this'), keep: true }
  try {
    const body = JSON.stringify(perform(state, call))
    return trouble === 'fault-after' ? fault : { status: 200, body, keep: true }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { status: error.status, body: errorOf(error.type, error.message), keep: false }
  }
}

function perform(state: StripeState, { name, path, query, account: accountId, form }: Call): object {
  const [, kind, ...rest] = path
  const posted = name.startsWith('POST')
  if (name === 'GET /v1/accounts') {
    const { id, chargesEnabled } = accountOf(state, rest[0])
    return { id, object: 'account', charges_enabled: chargesEnabled }
  }
  const account = accountOf(state, accountId)
  const { links, sessions } = account
  if (kind === 'payment_links' && rest.length === 0)
    return posted
      ? makeLink(account, form, state.url)
      : pageOf(
          links.filter(({ active }) => active),
          query,
          '/v1/payment_links',
        )
  if (kind === 'payment_links') {
    const link = found(links, rest[0]!)
    if (posted) link.active = said(form, 'active') !== 'false'
    return link
  }
  if (name === 'GET /v1/checkout/sessions') {
    const of = (one: Session) =>
      one.payment_link === query.get('payment_link') && one.status === query.get('status')
    const charges = query.get('expand[0]') === 'data.payment_intent.latest_charge'
    const shown = sessions.filter(of).map((one) => (charges ? withCharge(one) : one))
    return pageOf(shown, query, '/v1/checkout/sessions')
  }
  if (name === 'POST /v1/checkout/sessions/expire') return expireSession(account, rest[1]!)
  throw new Refused(404, 'invalid_request_error', `Unrecognized request URL (${name})`)
}

const errorOf = (type: string, message: string) => JSON.stringify({ error: { type, message } })
