import fc from 'fast-check'

/** Three days whose periods may be closed; a posting without a batch goes into today's. */
export const DAYS = ['2026-01-31', '2026-02-28', '2026-03-31'] as const

const which = fc.nat(30)
/** Beside the days, -1 for today's: most postings. */
const day = fc.oneof(
  { weight: 3, arbitrary: fc.constant(-1) },
  { weight: 2, arbitrary: fc.nat(DAYS.length - 1) },
)
/** Few values, so that sums meet balances exactly, one below and one above. */
const cents = fc.constantFrom(1, 500, 2_500, 4_999, 5_000, 5_001, 10_000)
/** 0: all there is. */
const upTo = fc.oneof({ weight: 1, arbitrary: fc.constant(0) }, { weight: 3, arbitrary: cents })
/** -1: not named. */
const perhaps = (most: number) => fc.oneof(fc.constant(-1), fc.nat(most))
/** `stray`: a record that does not fit, which is mostly refused. */
const rarely = fc.nat(9).map((one) => one === 9)
const often = fc.nat(3).map((one) => one !== 0)
const kind = <Do extends string>(name: Do) => fc.constant(name)

/** The patient, two insurers, two agencies. */
const giver = fc.constantFrom(0, 0, 0, 1, 1, 2, 3, 4)

const part = fc.record({
  charge: which,
  cents: upTo,
  fee: fc.oneof({ weight: 9, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.constantFrom(0, 500) }),
})

/** What an insurer says of a charge, in quarters of what is owed of it, and a cent more or less. */
const quarters = fc.constantFrom(0, 0, 1, 1, 2, 2, 4)
const line = fc.record({
  charge: which,
  paid: quarters,
  contract: quarters,
  responsibility: quarters,
  cent: fc.constantFrom(0, 0, 0, 0, -1, 1),
  more: fc.constantFrom(
    '',
    '',
    '',
    '',
    'OA-23:2500',
    'CO-225:-100',
    'CO-16:5000!',
    'CO-45:-500',
    'PR-1:-1000',
  ),
  /** What this payer had paid is taken back: in part, or with all that it did. */
  back: fc.constantFrom('', '', '', 'part', 'whole'),
  as: fc.constantFrom('', '', '', 'primary', 'secondary'),
  next: fc.constantFrom(-1, -1, -1, 0, 0, 1, 2),
  looked: rarely,
  free: often,
})

/** Numbers name records, modulo how many there are when the step is played: see name.ts. */
const step = fc.oneof(
  { weight: 9, arbitrary: fc.record({ do: kind('receive'), giver, cents: upTo, bill: perhaps(1), day }) },
  {
    weight: 14,
    arbitrary: fc.record({
      do: kind('apply'),
      receipt: which,
      stray: rarely,
      parts: fc.array(part, { minLength: 1, maxLength: 3 }),
      day,
    }),
  },
  {
    weight: 18,
    arbitrary: fc.record({
      do: kind('post'),
      receipt: which,
      stray: rarely,
      lines: fc.array(line, { minLength: 1, maxLength: 2 }),
      day,
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: kind('remove'), payment: which, part: perhaps(2), stray: rarely, day }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: kind('spend'),
      kind: fc.constantFrom('disbursed' as const, 'refunded' as const),
      receipt: which,
      cents: upTo,
      day,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: kind('undo'), outflow: which, day }) },
  { weight: 3, arbitrary: fc.record({ do: kind('modify'), receipt: which, cents, day }) },
  { weight: 2, arbitrary: fc.record({ do: kind('delete'), receipt: which }) },
  {
    weight: 9,
    arbitrary: fc.record({
      do: kind('transfer'),
      from: which,
      to: fc.nat(2),
      stray: rarely,
      charges: fc.array(fc.record({ charge: which, cents: upTo }), { minLength: 1, maxLength: 2 }),
      looked: rarely,
      day,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: kind('write-off'),
      charge: which,
      from: perhaps(2),
      cents: upTo,
      stray: rarely,
      day,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: kind('undo-write-off'), writeOff: which, day }) },
  { weight: 3, arbitrary: fc.record({ do: kind('cover'), order: fc.nat(4) }) },
  {
    weight: 7,
    arbitrary: fc.record({
      do: kind('send'),
      bill: which,
      agency: fc.nat(1),
      charge: perhaps(30),
      stray: rarely,
      day,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: kind('recall'), bill: which, charge: perhaps(30), stray: rarely, day }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: kind('rate'),
      agency: fc.nat(1),
      basisPoints: fc.constantFrom(0, 2_000, 2_500, 3_333, 9_999),
      retired: rarely,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: kind('reverse'), bill: which, returnPayments: often, stray: rarely, day }),
  },
  { weight: 6, arbitrary: fc.record({ do: kind('sign'), bill: which, to: fc.nat(2), stray: rarely, day }) },
  { weight: 1, arbitrary: fc.record({ do: kind('cancel'), bill: which, stray: rarely }) },
  { weight: 3, arbitrary: fc.record({ do: kind('close'), day: fc.nat(DAYS.length - 1) }) },
  { weight: 2, arbitrary: fc.record({ do: kind('reopen'), closing: which }) },
  /** A request of before, with its Idempotency-Key: the same answer, and nothing happens. */
  { weight: 4, arbitrary: fc.record({ do: kind('repeat'), request: which }) },
)

/**
 * A step as it is drawn: records are named by a number, so any part of a sequence can be left out while a failure is made smaller.
 */
export type Drawn = typeof step extends fc.Arbitrary<infer One> ? One : never
export type DrawnOf<Do extends Drawn['do']> = Extract<Drawn, { readonly do: Do }>

/** Groups of steps; those of a group are asked at once, by several users. */
export function sequences(length: number): fc.Arbitrary<Drawn[][]> {
  return fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: length,
    size: 'max',
  })
}
