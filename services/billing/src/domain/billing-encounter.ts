import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'
import { formatMoney, grossCents } from './money.ts'

export interface Diagnosis {
  readonly code: string
  readonly description: string | null
}

export interface Line {
  readonly id: string
  readonly position: number
  readonly code: string
  readonly description: string
  readonly units: number
  readonly modifiers: readonly string[]
  /** 1-based positions in the encounter's diagnoses. */
  readonly diagnosisPointers: readonly number[]
  /** null: nobody has priced it yet. */
  readonly unitAmountCents: number | null
  readonly discountCents: number
  readonly source: 'session' | 'encounter' | 'biller' | 'cancellation'
  /** It is in the ledger: its money is settled, only its clinical side may still be filled in. */
  readonly charged: boolean
}

export interface ReleasedProcedure {
  /** Of the line it becomes, where it becomes one. */
  readonly id: string
  readonly code: string
  readonly description: string
  readonly units: number
  readonly modifiers: readonly string[]
  readonly diagnosisPointers: readonly number[]
  /** From the catalogue, by code. */
  readonly unitAmountCents: number | null
}

export interface SessionItem {
  readonly id: string
  readonly code: string
  readonly description: string
  readonly units: number
  readonly modifiers: readonly string[]
  readonly unitAmountCents: number
  readonly discountCents: number
}

/**
 * The session's reviewed items meet what is there (B-03, B-04): they set price and units of a line of the same code,
 * unless it is charged already, and are lines of their own otherwise. `post`: the lines that go into the ledger now.
 */
export function mergeSession(
  lines: readonly Line[],
  items: readonly SessionItem[],
): { lines: Line[]; post: string[] } {
  items.forEach(assertBillable)
  const { matched, added } = pair(lines, items)
  const merged = lines.map((line): Line => {
    const item = matched.get(line.id)
    if (!item || line.charged) return line
    const { description, units, unitAmountCents, discountCents } = item
    const modifiers = item.modifiers.length > 0 ? item.modifiers : line.modifiers
    return { ...line, description, units, unitAmountCents, discountCents, modifiers, source: 'session' }
  })
  const all = append(
    merged,
    added.map((item) => ({ ...item, diagnosisPointers: [], source: 'session' as const })),
  )
  const post = all.filter(
    (line) => !line.charged && (matched.has(line.id) || added.some((item) => item.id === line.id)),
  )
  return { lines: all, post: post.map((line) => line.id) }
}

/** The scheduler checks this before it completes a session: anything else is not a session we can bill. */
function assertBillable(item: SessionItem): void {
  if (item.units < 1 || item.unitAmountCents < 0)
    throw new Error(`line ${item.code}: units or amount is out of range`)
  if (item.discountCents < 0 || item.discountCents > grossCents(item))
    throw new Error(`line ${item.code}: the discount is not between nothing and the amount`)
}

/** One to one: the same code and modifiers first, then the same code. */
export function pair<Incoming extends { readonly code: string; readonly modifiers: readonly string[] }>(
  lines: readonly Line[],
  incoming: readonly Incoming[],
): { matched: Map<string, Incoming>; added: Incoming[] } {
  const matched = new Map<string, Incoming>()
  const take = (same: (line: Line, one: Incoming) => boolean) => (one: Incoming) => {
    const line = lines.find((candidate) => !matched.has(candidate.id) && same(candidate, one))
    if (line) matched.set(line.id, one)
    return line === undefined
  }
  const key = (modifiers: readonly string[]) => modifiers.toSorted().join()
  const exact = (line: Line, one: Incoming) =>
    line.code === one.code && key(line.modifiers) === key(one.modifiers)
  const added = incoming.filter(take(exact)).filter(take((line, one) => line.code === one.code))
  return { matched, added }
}

export function append(lines: readonly Line[], added: readonly Omit<Line, 'position' | 'charged'>[]): Line[] {
  const last = Math.max(0, ...lines.map((line) => line.position))
  return [...lines, ...added.map((line, index) => ({ ...line, position: last + 1 + index, charged: false }))]
}

/** The encounter's own order comes first, because lines point into it; codes only the session knew follow. */
export function mergeDiagnoses(first: readonly Diagnosis[], more: readonly Diagnosis[]): Diagnosis[] {
  const known = new Set(first.map((diagnosis) => diagnosis.code))
  return [...first, ...more.filter((diagnosis) => !known.has(diagnosis.code))]
}

export interface LineInput {
  readonly lineId?: string
  readonly code: string
  readonly description: string
  readonly units: number
  readonly modifiers: readonly string[]
  readonly diagnosisPointers: readonly number[]
  readonly unitAmountCents: number | null
  readonly discountCents: number
}

/** The biller's review: the whole list of lines that are not charged yet; a line left out is taken away. */
export function reviewLines(
  lines: readonly Line[],
  diagnosisCount: number,
  inputs: readonly (LineInput & { readonly newId: string })[],
): Line[] | Refusal<'unknown_line' | 'line_posted' | 'over_discount' | 'unknown_diagnosis'> {
  const charged = lines.filter((line) => line.charged)
  const open = new Map(lines.filter((line) => !line.charged).map((line) => [line.id, line]))
  const first = Math.max(0, ...charged.map((line) => line.position)) + 1
  const reviewed: Line[] = []
  for (const [index, { newId, lineId, ...input }] of inputs.entries()) {
    const refused = refuseLine(`lines.${index}`, lineId, input, { open, charged, diagnosisCount })
    if (refused) return refused
    const before = lineId === undefined ? undefined : open.get(lineId)
    if (lineId !== undefined) open.delete(lineId)
    const { id, source } = before ?? { id: newId, source: 'biller' as const }
    reviewed.push({ ...input, id, source, position: first + index, charged: false })
  }
  return reviewed
}

function refuseLine(
  field: string,
  lineId: string | undefined,
  input: Omit<LineInput, 'lineId'>,
  known: { open: ReadonlyMap<string, Line>; charged: readonly Line[]; diagnosisCount: number },
) {
  if (lineId !== undefined && known.charged.some((line) => line.id === lineId))
    return refuse('line_posted', {
      field: `${field}.lineId`,
      detail: `The line ${input.code} is in the ledger already.`,
      next: 'Leave it out of the list; to change what is posted, reverse the bill with POST …/reverse and review its lines again.',
    })
  if (lineId !== undefined && !known.open.has(lineId))
    return refuse('unknown_line', {
      field: `${field}.lineId`,
      detail: 'The billing encounter has no such line, or it is named twice.',
      next: 'Name each line once by the id it was read with; leave lineId out for a new line.',
    })
  const gross = grossCents({ units: input.units, unitAmountCents: input.unitAmountCents ?? 0 })
  if (input.discountCents > gross)
    return refuse('over_discount', {
      field: `${field}.discountCents`,
      detail: `The discount of ${formatMoney(input.discountCents)} is more than the line's ${formatMoney(gross)}.`,
      next: 'Give at most the whole amount as a discount.',
    })
  const pointer = input.diagnosisPointers.findIndex((position) => position > known.diagnosisCount)
  if (pointer >= 0)
    return refuse('unknown_diagnosis', {
      field: `${field}.diagnosisPointers.${pointer}`,
      detail: `The billing encounter has ${known.diagnosisCount} diagnoses.`,
      next: 'Point to one of them, counted from 1.',
    })
  return undefined
}

/** Which lines post at signing, or why not (B-06). */
export function decideSigning(
  status: string,
  lines: readonly Line[],
): Line[] | Refusal<'cancelled' | 'nothing_to_post' | 'no_price'> {
  if (status === 'cancelled') return refuseCancelled()
  const open = lines.filter((line) => !line.charged)
  if (open.length === 0)
    return refuse('nothing_to_post', {
      detail: 'Every line of this billing encounter is in the ledger already, or there is none.',
      next: 'Add a line with PUT …/lines where something is missing.',
    })
  const unpriced = open.findIndex((line) => line.unitAmountCents === null)
  if (unpriced >= 0) {
    const { id, code } = open[unpriced]!
    return refuse('no_price', {
      field: `lines.${unpriced}.unitAmountCents`,
      detail: `The line ${code} has no price.`,
      next: 'Price it with PUT …/lines, then sign.',
      extra: { lineId: id, code },
    })
  }
  return open
}

export function refuseCancelled(): Refusal<'cancelled'> {
  return refuse('cancelled', {
    detail: 'This bill was cancelled.',
    next: 'It stays as it is; a completed session or a released encounter of the visit opens it again.',
  })
}
