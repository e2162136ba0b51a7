import { deepStrictEqual } from 'node:assert/strict'
import { PatientChanged, ROLES, SessionCompleted } from '@praxisbus/contracts'
import { newId, sql } from '@praxisbus/runtime'
import type { Answer, Api } from '@praxisbus/testing'
import { type BillingDesk, lineItem, sessionOf } from '../../test-kit.ts'
import { named, outcomeOf, pick, type Request, requestOf, send } from './ask.ts'
import { DAYS, type Drawn } from './draw.ts'
import { figures, readBooks } from './figures.ts'
import { type Books, type Outcome, type Step, take } from './model.ts'

interface Played {
  readonly user: Api
  readonly request: Request
  readonly answer: Answer
}

/** One practice of its own, with two bills of two charges each, a batch for each of the days, and nothing else. */
export interface Stage {
  readonly desk: BillingDesk
  readonly practiceId: string
  readonly users: readonly Api[]
  readonly patientId: string
  readonly batches: readonly string[]
  readonly played: Played[]
  /** Several are possible where answers of one group fit several orders and leave the same figures. */
  possible: readonly Books[]
}

const BILLS = [
  [10_000, 5_000],
  [7_500, 2_500],
]

export async function openStage(desk: BillingDesk): Promise<Stage> {
  const practiceId = newId()
  const patientId = newId()
  const users = await Promise.all(
    ['ada', 'ben', 'cem'].map((userId) =>
      desk.as({ userId, practiceIds: [practiceId], permissions: [...ROLES.biller!, 'period.close'] }),
    ),
  )
  await desk.react(PatientChanged, {
    practiceId,
    subject: patientId,
    version: 1,
    data: {
      patientId,
      name: 'Ada Byron',
      birthDate: null,
      email: null,
      phone: null,
      addressLines: [],
      reminderConsents: { email: false, phone: false, text: false },
      diagnosisCodes: [],
    },
  })
  const charges = new Map<string, { bill: string; netCents: number; owedCents: number; reversed: boolean }>()
  for (const amounts of BILLS) {
    const visit = { appointmentId: newId(), patientId, practitionerId: newId(), encounterId: newId() }
    const data = sessionOf(visit, { lineItems: amounts.map((amount) => lineItem('90834', amount)) })
    await desk.react(SessionCompleted, { practiceId, subject: visit.appointmentId, version: 5, data })
  }
  const bills = await desk.database.read(practiceId, (tx) =>
    tx.many<{ id: string; bill: string; cents: number }>(
      sql`select id, billing_encounter_id as bill, amount_cents as cents from charge order by id`,
    ),
  )
  for (const { id, bill, cents } of bills)
    charges.set(id, { bill, netCents: cents, owedCents: cents, reversed: false })
  const batches: string[] = []
  for (const batchDate of DAYS)
    batches.push((await users[0]!.post('/v1/reference-batches', { name: 'model', batchDate })).body.batchId)
  const nothing = {
    closings: [],
    receipts: new Map(),
    cancelled: new Set<string>(),
    payments: new Map(),
    outflows: new Map(),
  }
  return { desk, practiceId, users, patientId, batches, played: [], possible: [{ ...nothing, charges }] }
}

type Asked =
  | { readonly again: Played }
  | { readonly step: Step; readonly user: Api; readonly request: Request }

/** Asks the steps of a group at once, and throws unless the answers and what the books then hold fit some order of them. */
export async function playGroup(stage: Stage, group: readonly Drawn[]): Promise<void> {
  const known = stage.possible[0]!
  const asked = group.flatMap((drawn, index): Asked[] => {
    if (drawn.do === 'repeat')
      return stage.played.length === 0 ? [] : [{ again: pick(stage.played, drawn.request) }]
    const step = named(known, drawn)
    return step
      ? [{ step, user: stage.users[index % stage.users.length]!, request: requestOf(stage, step) }]
      : []
  })
  const answers = await Promise.all(
    asked.map((one) => {
      const { user, request } = 'again' in one ? one.again : one
      return send(user, request)
    }),
  )
  const done: { step: Step; outcome: Outcome }[] = []
  for (const [index, one] of asked.entries()) {
    const answer = answers[index]!
    if ('again' in one) sameAnswer(one.again, answer)
    else {
      done.push({ step: one.step, outcome: outcomeOf(one.step, answer) })
      stage.played.push({ user: one.user, request: one.request, answer })
    }
  }
  const orders = permutations(done)
  const fitting = stage.possible.flatMap((books) => orders.flatMap((order) => follow(books, order)))
  if (fitting.length === 0)
    throw new Error(`no order of these steps gives these answers: ${JSON.stringify(done, null, 1)}`)
  const seen = await readBooks(stage)
  const alike = fitting.filter((books) => JSON.stringify(figures(books)) === JSON.stringify(seen))
  if (alike.length === 0) deepStrictEqual(seen, figures(fitting[0]!))
  stage.possible = alike
}

/** A repeated PUT is a new request, which its ETag settles; a repeated POST is the same one. */
function sameAnswer({ request, answer }: Played, again: Answer): void {
  if (request.method === 'post') deepStrictEqual([again.status, again.body], [answer.status, answer.body])
  else if (answer.status < 300 && again.status !== 412) throw new Error('a stale modification was taken')
}

function follow(books: Books, order: readonly { step: Step; outcome: Outcome }[]): Books[] {
  let after = books
  for (const { step, outcome } of order) {
    const result = take(after, step, 'made' in outcome ? outcome.made : '')
    if (typeof result === 'string') {
      if (!('refused' in outcome) || outcome.refused !== result) return []
    } else {
      if ('refused' in outcome) return []
      after = result
    }
  }
  return [after]
}

function permutations<One>(list: readonly One[]): One[][] {
  if (list.length <= 1) return [[...list]]
  return list.flatMap((first, index) =>
    permutations(list.toSpliced(index, 1)).map((rest) => [first, ...rest]),
  )
}
