import { describe, expect, test } from '@jest/globals'
import { isRefusal } from '@praxisbus/runtime/refusal.ts'
import fc from 'fast-check'
import { decideInsurance } from './decide-insurance.ts'
import { decideRemoval } from './decide-removal.ts'
import type { AdjudicatedCharge, InsuranceLine, Standing } from './insurance.ts'
import { sumCents } from './money.ts'
import { insuranceJournal } from './receivable-journals.ts'
import { Shares } from './shares.ts'

const NET_CENTS = 10_000
const PAYERS = ['one', 'two', 'three'] as const

const charge = (more: Partial<AdjudicatedCharge> = {}): AdjudicatedCharge => ({
  chargeId: 'c',
  reversed: false,
  grossCents: NET_CENTS,
  netCents: NET_CENTS,
  balanceCents: NET_CENTS,
  shares: [{ payerId: 'one', balanceCents: NET_CENTS }],
  coverages: ['one', 'two'],
  standing: [],
  ...more,
})

/** A grid, so that sums meet what is owed, paid or moved, and now and then miss it by a cent. */
const cents = fc
  .tuple(fc.integer({ min: -6, max: 6 }), fc.constantFrom(0, 0, 0, 1, -1))
  .map(([steps, off]) => steps * 2_000 + off)
const adjustment = fc.record({
  group: fc.constantFrom('CO', 'OA', 'PI', 'PR'),
  reason: fc.constantFrom('45', '1', '2', '23', '204'),
  amountCents: cents.filter((amount) => amount !== 0),
})
const anyLine = fc.record({
  payerId: fc.constantFrom(...PAYERS),
  paidCents: fc.oneof(fc.constant(0), cents),
  adjustments: fc.array(adjustment, { maxLength: 4 }),
  nextPayer: fc.constantFrom(undefined, 'patient', ...PAYERS),
  postAs: fc.constantFrom(undefined, 'primary', 'secondary'),
  freePatientMoney: fc.boolean(),
})
const step = fc.oneof(
  { weight: 5, arbitrary: anyLine },
  { weight: 2, arbitrary: fc.record({ copayCents: fc.integer({ min: 1, max: 4_000 }) }) },
  { weight: 2, arbitrary: fc.record({ removeNth: fc.nat(20) }) },
)

interface Posted extends Standing {
  readonly receivable: readonly { readonly payerId: string | null; readonly amountCents: number }[]
  readonly writtenOffCents: number
}

/** Much faster than `expect`, which is asked here some hundred thousand times. */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what)
}

/** One charge and all that is posted on it; the escrow of each payer and of the patient. */
class World {
  readonly escrow = new Map<string | null, number>([
    [null, 12_000],
    ...PAYERS.map((payer) => [payer, 12_000] as const),
  ])
  shares = new Shares([{ payerId: 'one', balanceCents: NET_CENTS }])
  posted: Posted[] = []
  freed = 0
  #ids = 0

  charge(): AdjudicatedCharge {
    return charge({
      balanceCents: this.shares.totalCents,
      shares: this.shares.list(),
      coverages: PAYERS,
      standing: this.posted.map((one) => ({
        ...one,
        taken: one.receivable.map((part) => ({ ...part, amountCents: -part.amountCents })),
      })),
    })
  }

  change(posted: Omit<Posted, 'paymentId' | 'receiptId'>): void {
    this.posted.push({ ...posted, paymentId: `p${++this.#ids}`, receiptId: String(posted.payerId) })
    for (const part of posted.receivable) this.shares.add(part.payerId, part.amountCents)
    this.pay(posted.payerId, -posted.amountCents)
  }

  pay(payerId: string | null, amountCents: number): void {
    this.escrow.set(payerId, this.escrow.get(payerId)! + amountCents)
  }

  drop(one: Posted): void {
    this.posted = this.posted.filter((other) => other !== one)
    for (const part of one.receivable) this.shares.add(part.payerId, -part.amountCents)
    this.pay(one.payerId, one.amountCents)
  }

  /** Nothing is created and nothing is lost, and nobody owes less than nothing. */
  check(): void {
    must(
      this.shares.list().every(({ balanceCents }) => balanceCents > 0),
      'a share is below zero',
    )
    must(
      [...this.escrow.values()].every((escrowCents) => escrowCents >= 0),
      'escrow is below zero',
    )
    const applied = sumCents(this.posted.map((one) => one.amountCents))
    const writtenOff = sumCents(this.posted.map((one) => one.writtenOffCents))
    must(this.shares.totalCents + applied + writtenOff === NET_CENTS, 'A/R was created or lost')
    must(sumCents([...this.escrow.values()]) + applied === 48_000, 'money was created or lost')
  }
}

function postLine(world: World, { payerId, ...rest }: { payerId: string } & Partial<InsuranceLine>): void {
  const line = { chargeId: 'c', allowedCents: null, ...rest } as InsuranceLine
  const decided = decideInsurance(
    { escrowCents: world.escrow.get(payerId)!, payerId },
    [world.charge()],
    [line],
  )
  if (isRefusal(decided)) return
  const [one] = decided
  for (const freed of one!.freed)
    world.drop(world.posted.find((other) => other.paymentId === freed.paymentId)!)
  const journal = insuranceJournal(payerId, one!)
  const entries = journal?.entries ?? []
  const of = (kind: string) =>
    sumCents(entries.filter((entry) => entry.kind === kind).map((entry) => entry.amountCents))
  must(of('escrow') === line.paidCents, 'escrow pays another amount than the line says')
  world.change({
    payerId,
    amountCents: line.paidCents,
    moved: one!.moved,
    receivable: one!.receivable,
    writtenOffCents: of('adjustment'),
  })
  for (const part of one!.applied)
    world.change({
      payerId: null,
      amountCents: part.amountCents,
      moved: [],
      receivable: [{ payerId: part.payerId, amountCents: -part.amountCents }],
      writtenOffCents: 0,
    })
  must(
    one!.shares.every(({ payerId: who, balanceCents }) => world.shares.of(who) === balanceCents),
    'the answer shows other shares than there are',
  )
  if (one!.freed.length > 0) world.freed++
}

function copay(world: World, copayCents: number): void {
  const [share] = world.shares.list()
  if (!share) return
  const amountCents = Math.min(copayCents, share.balanceCents, world.escrow.get(null)!)
  if (amountCents <= 0) return
  const receivable = [{ payerId: share.payerId, amountCents: -amountCents }]
  world.change({ payerId: null, amountCents, moved: [], receivable, writtenOffCents: 0 })
}

function remove(world: World, nth: number): void {
  const one = world.posted[nth % Math.max(1, world.posted.length)]
  if (!one) return
  const receipt = { escrowCents: world.escrow.get(one.payerId)!, payerId: one.payerId }
  const part = { chargeId: 'c', amountCents: one.amountCents, receivable: one.receivable }
  if (decideRemoval(receipt, [world.charge()], [part]) === undefined) world.drop(one)
}

describe('what insurers decide', () => {
  test('B-15 whatever is posted, taken back and removed: nothing is created or lost, and no share is below zero', () => {
    const seen = { posted: 0, freed: 0 }
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
        const world = new World()
        for (const one of steps) {
          if ('copayCents' in one) copay(world, one.copayCents)
          else if ('removeNth' in one) remove(world, one.removeNth)
          else postLine(world, one as never)
          world.check()
        }
        seen.posted += world.posted.filter((one) => one.payerId !== null).length
        seen.freed += world.freed
      }),
      { numRuns: 4_000 },
    )
    // Refusing everything would hold as well.
    expect(seen.posted).toBeGreaterThan(1_000)
    expect(seen.freed).toBeGreaterThan(30)
  })

  test('B-15 takes off the payer’s own share first, then the patient’s, then another’s', () => {
    const shares = [
      { payerId: 'two', balanceCents: 5_000 },
      { payerId: null, balanceCents: 2_000 },
      { payerId: 'one', balanceCents: 3_000 },
    ]
    const line = { chargeId: 'c', paidCents: 6_000, allowedCents: null, adjustments: [] }
    const decided = decideInsurance({ escrowCents: 6_000, payerId: 'one' }, [charge({ shares })], [line])
    expect(decided).toMatchObject([{ shares: [{ payerId: 'two', balanceCents: 4_000 }] }])
  })

  test('B-15 the next who owes is the next coverage that has not decided, then the patient', () => {
    const next = (payerId: string, standing: readonly string[]) => {
      const decided = decideInsurance(
        { escrowCents: 0, payerId },
        [
          charge({
            shares: [{ payerId, balanceCents: NET_CENTS }],
            coverages: PAYERS,
            standing: standing.map((other) => ({
              paymentId: other,
              receiptId: other,
              payerId: other,
              amountCents: 0,
              moved: [],
            })),
          }),
        ],
        [
          {
            chargeId: 'c',
            paidCents: 0,
            allowedCents: null,
            adjustments: [{ group: 'PR', reason: '1', amountCents: NET_CENTS }],
          },
        ],
      )
      return isRefusal(decided) ? decided : decided[0]!.shares[0]!.payerId
    }
    expect(next('one', [])).toBe('two')
    expect(next('one', ['two'])).toBe('three')
    expect(next('two', [])).toBe('three')
    expect(next('three', [])).toBeNull()
  })
})
