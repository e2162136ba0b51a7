import { existsSync, readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { writeWhole } from '../ground/whole-file.ts'
import type { Form } from './form.ts'
import { type Account, Refused } from './objects.ts'

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

export interface Kept {
  readonly hash: string
  readonly status: number
  readonly body: string
}

export interface StripeState {
  readonly url: string
  readonly apiKey: string
  /** Takes any account for connected. */
  readonly anyAccount: boolean
  readonly accounts: Map<string, Account>
  readonly requests: StripeRequest[]
  /** By account and idempotency key. */
  readonly kept: Map<string, Kept>
  readonly troubles: { readonly trouble: StripeTrouble; left: number }[]
  /** Answers that never come. */
  readonly held: Set<ServerResponse>
}

export function connectAccount(state: StripeState, id: string, chargesEnabled = true): Account {
  const account: Account = { id, chargesEnabled, links: [], sessions: [] }
  state.accounts.set(id, account)
  return account
}

export function readAccounts(file: string): Map<string, Account> {
  return new Map(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [])
}

export function keepAccounts({ accounts }: StripeState, file: string): void {
  writeWhole(file, `${JSON.stringify([...accounts])}\n`)
}

export function accountOf(state: StripeState, id: string | undefined): Account {
  const account = id === undefined ? undefined : state.accounts.get(id)
  if (account) return account
  if (id && state.anyAccount) return connectAccount(state, id)
  throw new Refused(403, 'invalid_request_error', `The provided key does not have access to account '${id}'.`)
}

export function takeTrouble(state: StripeState, call: string): StripeTrouble['how'] | undefined {
  const next = state.troubles.find(({ trouble, left }) => trouble.on === call && left > 0)
  if (next) next.left--
  return next?.trouble.how
}
