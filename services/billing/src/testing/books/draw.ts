import fc from 'fast-check'

/** Three days whose periods may be closed; a posting without a batch goes into today's. */
export const DAYS = ['2026-01-31', '2026-02-28', '2026-03-31'] as const

/**
 * A step as it is drawn: records are named by a number that is taken modulo how many there are when the step is played, so any
 * part of a sequence can be left out while a failure is made smaller.
 */
export type Drawn =
  | { readonly do: 'receive'; readonly cents: number; readonly day: number }
  | {
      readonly do: 'apply'
      readonly receipt: number
      readonly parts: readonly { readonly charge: number; readonly cents: number }[]
      readonly day: number
    }
  | { readonly do: 'remove'; readonly payment: number; readonly part: number; readonly day: number }
  | {
      readonly do: 'spend'
      readonly kind: 'disbursed' | 'refunded'
      readonly receipt: number
      readonly cents: number
      readonly day: number
    }
  | { readonly do: 'undo'; readonly outflow: number; readonly day: number }
  | { readonly do: 'modify'; readonly receipt: number; readonly cents: number; readonly day: number }
  | { readonly do: 'delete'; readonly receipt: number }
  | { readonly do: 'cancel'; readonly bill: number }
  | { readonly do: 'close'; readonly day: number }
  | { readonly do: 'reopen'; readonly closing: number }
  /** A request of before, with its Idempotency-Key: the same answer, and nothing happens. */
  | { readonly do: 'repeat'; readonly request: number }

const which = fc.nat(30)
/** Beside the days, -1 for today's: most postings. */
const day = fc.oneof(
  { weight: 3, arbitrary: fc.constant(-1) },
  { weight: 2, arbitrary: fc.nat(DAYS.length - 1) },
)
/** Few values, so that sums meet balances exactly, one below and one above. */
const cents = fc.constantFrom(1, 500, 2_500, 4_999, 5_000, 5_001, 10_000)
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('receive' as const), cents, day }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('apply' as const),
      receipt: which,
      parts: fc.array(fc.record({ charge: which, cents }), { minLength: 1, maxLength: 3 }),
      day,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('remove' as const),
      payment: which,
      part: fc.integer({ min: -1, max: 2 }),
      day,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('spend' as const),
      kind: fc.constantFrom('disbursed' as const, 'refunded' as const),
      receipt: which,
      cents,
      day,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('undo' as const), outflow: which, day }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('modify' as const), receipt: which, cents, day }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), receipt: which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), bill: which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('close' as const), day: fc.nat(DAYS.length - 1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen' as const), closing: which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat' as const), request: which }) },
)

/** Groups of steps; those of a group are asked at once, by several users. */
export function sequences(length: number): fc.Arbitrary<Drawn[][]> {
  return fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: length,
    size: 'max',
  })
}
