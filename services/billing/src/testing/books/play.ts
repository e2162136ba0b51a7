import { deepStrictEqual } from 'node:assert/strict'
import type { Answer } from '@praxisbus/testing'
import type { Drawn } from './draw.ts'
import { figures, readBooks, type Seen, totals } from './figures.ts'
import { type Books, isRefused, type PaymentState } from './model/books.ts'
import { take } from './model/take.ts'
import { named, pick } from './name.ts'
import { outcomeOf, type Request, requestOf, send } from './request.ts'
import type { Played, Stage, User } from './stage.ts'
import type { Outcome, Step } from './steps.ts'

interface Asked {
  readonly step: Step
  readonly user: User
  readonly request: Request
  /** Asked before, with the same Idempotency-Key. */
  readonly again?: Played
}

interface Done {
  readonly step: Step
  readonly outcome: Outcome
}

/** Asks the steps of a group at once, and throws unless the answers and what the books then hold fit some order of them. */
export async function playGroup(stage: Stage, group: readonly Drawn[]): Promise<number> {
  const asked = group.flatMap((drawn, index) => asking(stage, drawn, index) ?? [])
  const answers = await Promise.all(asked.map(({ user, request }) => send(user.api, request)))
  const done: Done[] = []
  for (const [index, { again, ...one }] of asked.entries()) {
    const answer = answers[index]!
    if (again) sameAnswer(again, answer)
    else {
      done.push({ step: one.step, outcome: outcomeOf(one.step, answer) })
      stage.played.push({ ...one, answer })
    }
  }
  const orders = permutations(done)
  const fitting = stage.possible.flatMap((books) => orders.flatMap((order) => follow(books, order)))
  if (fitting.length === 0) throw new Error(`no order of these steps gives these answers: ${told(done)}`)
  const seen = await readBooks(stage)
  const shown = JSON.stringify(seen)
  const known = fitting.map((books) => identified(books, seen))
  const alike = known.filter((books) => JSON.stringify(figures(books)) === shown)
  if (alike.length === 0) differ(seen, figures(known[0]!), done)
  stage.possible = [...new Map(alike.map((books) => [keyOf(books), books])).values()]
  return asked.length
}

/** What the service itself says the totals are. */
export async function compareTotals({ users, possible }: Stage): Promise<void> {
  const { status, body } = await users[0]!.api.get('/v1/ledger/summary')
  const { journals: _, entries: __, ...said } = body
  deepStrictEqual({ status, ...said }, { status: 200, ...totals(possible[0]!) })
}

/** A repeated PUT is a new request, which its version settles; a repeated POST is the same one. */
function asking(stage: Stage, drawn: Drawn, index: number): Asked | undefined {
  if (drawn.do === 'repeat') {
    if (stage.played.length === 0) return undefined
    const again = pick(stage.played, drawn.request)
    const { user, step, request } = again
    return { user, step, request, ...(request.method === 'post' && { again }) }
  }
  const user = pick(stage.users, index)
  const step = named(stage.possible[0]!, stage, drawn, user)
  return step && { step, user, request: requestOf(stage, step) }
}

function sameAnswer({ answer }: Played, again: Answer): void {
  deepStrictEqual([again.status, again.body], [answer.status, answer.body])
}

function follow(books: Books, order: readonly Done[]): Books[] {
  let after = books
  for (const { step, outcome } of order) {
    const result = take(after, step, 'made' in outcome ? outcome.made : [])
    if (isRefused(result)) {
      if (!('refused' in outcome) || !result.includes(outcome.refused)) return []
    } else {
      if ('refused' in outcome) return []
      after = result
    }
  }
  return [after]
}

/**
 * Payments that the service made beside the step have ids that no answer tells; and of steps that were asked at once, the service
 * says which came first.
 */
function identified(books: Books, { applied }: Seen): Books {
  const payments = new Map<string, PaymentState>()
  for (const [id, payment] of books.payments) {
    const found =
      id.startsWith('again ') &&
      applied.find(
        ({ paymentId, receiptId, chargeId, cents }) =>
          receiptId === payment.receiptId &&
          !books.payments.has(paymentId) &&
          !payments.has(paymentId) &&
          payment.parts.some((part) => part.chargeId === chargeId && part.cents === cents),
      )
    const paymentId = found ? found.paymentId : id
    const turnOf = (chargeId: string) =>
      applied.findIndex((one) => one.paymentId === paymentId && one.chargeId === chargeId)
    const parts = payment.parts.map((part) => ({ ...part, turn: turnOf(part.chargeId) }))
    payments.set(paymentId, { ...payment, parts })
  }
  const charges = [...books.charges].map(
    ([id, charge]) => [id, { ...charge, turns: applied.length }] as const,
  )
  return { ...books, payments, charges: new Map(charges) }
}

/** Books that will act alike have one key, in whatever order their records were made. */
function keyOf(books: Books): string {
  return JSON.stringify(books, (_, value: unknown) => {
    if (value instanceof Map) return [...value].sort(([one], [other]) => (one < other ? -1 : 1))
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
    return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
  })
}

function differ(seen: Seen, expected: Seen, done: readonly Done[]): never {
  try {
    deepStrictEqual(seen, expected)
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\nafter ${told(done)}`)
  }
  throw new Error('the figures are alike, and their text is not')
}

const told = (done: readonly Done[]) => JSON.stringify(done, null, 1)

function permutations<One>(list: readonly One[]): One[][] {
  if (list.length <= 1) return [[...list]]
  return list.flatMap((first, index) =>
    permutations(list.toSpliced(index, 1)).map((rest) => [first, ...rest]),
  )
}
