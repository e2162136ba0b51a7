import { ROLES } from '@praxisbus/contracts'
import { json, newId, sql } from '@praxisbus/runtime'
import type { Api } from '@praxisbus/testing'
import type { BillingDesk } from '../../test-kit.ts'
import { DAYS } from './draw.ts'
import { type Books, isRefused } from './model/books.ts'
import { take } from './model/take.ts'
import type { Names } from './name.ts'
import { outcomeOf, type Request, requestOf, send } from './request.ts'
import type { Step, StepOf } from './steps.ts'

export interface User {
  readonly api: Api
  readonly mayReturn: boolean
}

export interface Played {
  readonly user: User
  readonly step: Step
  readonly request: Request
  readonly answer: Awaited<ReturnType<typeof send>>
}

/** One practice of its own: a patient, two payers that cover them, two agencies, bills of two lines, a batch for each of the days. */
export interface Stage extends Names {
  readonly desk: BillingDesk
  readonly practiceId: string
  readonly users: readonly User[]
  readonly played: Played[]
  /** Several are possible where answers of one group fit several orders and leave the same figures. */
  possible: readonly Books[]
}

const LINES = [
  [
    { grossCents: 10_000, discountCents: 0 },
    { grossCents: 6_000, discountCents: 1_000 },
  ],
  [
    { grossCents: 7_500, discountCents: 0 },
    { grossCents: 2_500, discountCents: 0 },
  ],
]
const BASIS_POINTS = [2_500, 2_000]
const SERVICE_DATE = '2026-01-15'

/** Of `bills`, the first is signed to the first payer and the second to the patient; the others wait. */
export async function openStage(desk: BillingDesk, bills = 3): Promise<Stage> {
  const practiceId = newId()
  const ids = (count: number) => Array.from({ length: count }, newId)
  const names = { patientId: newId(), batches: ids(DAYS.length), payers: ids(2), agencies: ids(2) }
  const states = new Map(
    ids(bills).map((id, index) => [id, { status: 'unsigned' as const, lines: LINES[index % LINES.length]! }]),
  )
  const [users] = await Promise.all([usersOf(desk, practiceId), writeStage(desk, practiceId, names, states)])
  let books: Books = {
    closings: [],
    receipts: new Map(),
    bills: states,
    charges: new Map(),
    payments: new Map(),
    outflows: new Map(),
    writeOffs: new Map(),
    coverages: { version: 1, payers: names.payers },
    agencies: new Map(
      names.agencies.map((id, index) => [
        id,
        { version: 1, basisPoints: BASIS_POINTS[index]!, active: true },
      ]),
    ),
  }
  const [first, second] = [...states.keys()]
  const steps: StepOf<'sign'>[] = [
    { do: 'sign', bill: first!, billTo: 'insurance' },
    { do: 'sign', bill: second!, billTo: 'patient' },
  ]
  const answers = await Promise.all(
    steps.map((step, index) => send(users[index]!.api, requestOf(names, step))),
  )
  for (const [index, step] of steps.entries()) {
    const outcome = outcomeOf(step, answers[index]!)
    const after = take(books, step, 'made' in outcome ? outcome.made : [])
    if ('refused' in outcome || isRefused(after)) throw new Error(JSON.stringify(answers[index]))
    books = after
  }
  return { ...names, desk, practiceId, users, played: [], possible: [books] }
}

async function usersOf(desk: BillingDesk, practiceId: string): Promise<User[]> {
  const permissions = [...ROLES.biller!, 'period.close' as const]
  return Promise.all(
    ['ada', 'ben', 'cem'].map(async (userId) => {
      const mayReturn = userId !== 'cem'
      const own = permissions.filter((one) => mayReturn || one !== 'payment.return')
      return { mayReturn, api: await desk.as({ userId, practiceIds: [practiceId], permissions: own }) }
    }),
  )
}

/**
 * What is there before anything is in the ledger, written in one round: as facts and commands would have left it, at a third of
 * their cost, which is most of a short sequence. The visit of a bill has the bill's id.
 */
async function writeStage(
  desk: BillingDesk,
  practiceId: string,
  { patientId, batches, payers, agencies }: Names,
  bills: Books['bills'],
): Promise<void> {
  const billIds = [...bills.keys()]
  const lines = [...bills].flatMap(([bill, one]) =>
    one.lines.map((line, index) => ({ ...line, id: newId(), bill, position: index + 1 })),
  )
  await desk.database.write(practiceId, async (tx) => {
    tx.later(sql`
      insert into patient_replica (practice_id, id, name, address_lines, version) values (${practiceId}, ${patientId}, 'Ada Byron', '[]', 1)`)
    tx.later(sql`
      insert into reference_batch (practice_id, id, batch_date, is_default)
      select ${practiceId}, id, day, false from unnest(${batches}::uuid[], ${[...DAYS]}::date[]) as opened (id, day)`)
    tx.later(sql`
      insert into payer (practice_id, id, name) select ${practiceId}, id, 'Payer ' || id from unnest(${payers}::uuid[]) as id`)
    tx.later(
      sql`insert into patient_coverages (practice_id, patient_id) values (${practiceId}, ${patientId})`,
    )
    tx.later(sql`
      insert into coverage (practice_id, id, patient_id, position, payer_id, member_id)
      select ${practiceId}, id, ${patientId}, position, payer_id, 'M1'
        from unnest(${payers.map(newId)}::uuid[], ${payers}::uuid[]) with ordinality as covered (id, payer_id, position)`)
    tx.later(sql`
      insert into collection_agency (practice_id, id, name, fee_basis_points)
      select ${practiceId}, id, 'Agency ' || id, fee from unnest(${agencies}::uuid[], ${BASIS_POINTS}::int[]) as agency (id, fee)`)
    tx.later(sql`
      insert into visit (practice_id, appointment_id) select ${practiceId}, id from unnest(${billIds}::uuid[]) as id`)
    tx.later(sql`
      insert into billing_encounter (practice_id, id, appointment_id, patient_id, service_date, source)
      select ${practiceId}, id, id, ${patientId}, ${SERVICE_DATE}, 'session' from unnest(${billIds}::uuid[]) as id`)
    await tx.run(sql`
      insert into line (practice_id, id, billing_encounter_id, position, code, description, units, modifiers, diagnosis_pointers,
                        unit_amount_cents, discount_cents, source)
      select ${practiceId}, id, bill, position, '90834', 'Psychotherapy', 1, '{}', '{}', "grossCents", "discountCents", 'session'
        from jsonb_to_recordset(${json(lines)}::jsonb) as line (
          id uuid, bill uuid, position int, "grossCents" bigint, "discountCents" bigint)`)
  })
}
