import {
  append,
  type Diagnosis,
  type Line,
  mergeDiagnoses,
  pair,
  type ReleasedProcedure,
} from './billing-encounter.ts'
import { grossCents } from './money.ts'

/** What an encounter's release and its bill say differently, in words for a biller. */
export interface Difference {
  readonly what:
    | 'units'
    | 'modifiers'
    | 'diagnoses'
    | 'dropped'
    | 'service-date'
    | 'other-encounter'
    | 'other-patient'
  readonly lineId: string | null
  readonly code: string | null
  readonly billed: string | null
  readonly released: string | null
}

export interface Coding {
  readonly serviceDate: string
  readonly diagnoses: readonly Diagnosis[]
  readonly procedures: readonly ReleasedProcedure[]
}

export interface CodedBill {
  readonly lines: readonly Line[]
  readonly diagnoses: readonly Diagnosis[]
  readonly serviceDate: string
}

export interface Amended {
  readonly lines: Line[]
  /** Of lines that the note no longer has. */
  readonly removedLineIds: string[]
  readonly diagnoses: Diagnosis[]
  readonly differences: Difference[]
}

export interface Before {
  readonly diagnoses: readonly Diagnosis[]
  readonly procedures: readonly { readonly code: string }[]
}

/** The note is released for the first time. */
export const NO_RELEASE: Before = { diagnoses: [], procedures: [] }

/**
 * A released note meets its bill (B-06), for the first time or amended (E-11). Lines that are not in the ledger follow it and keep their
 * price; procedures that nobody billed yet are lines to review. What is in the ledger stays as it is, its links to diagnoses by code, and
 * each difference is listed; only a charge that nobody linked yet takes the note's links. `previous`: the release before.
 */
export function amend(bill: CodedBill, previous: Before, released: Coding): Amended {
  const { lines } = bill
  const dropped = new Set(previous.diagnoses.map(({ code }) => code))
  const charged = new Set(
    lines.filter((line) => line.charged).flatMap((line) => codesOf(line, bill.diagnoses)),
  )
  const kept = bill.diagnoses.filter(({ code }) => !dropped.has(code) || charged.has(code))
  const diagnoses = mergeDiagnoses(released.diagnoses, kept)
  const { matched, added } = pair(lines, released.procedures)
  const had = new Set(previous.procedures.map(({ code }) => code))
  const gone = (line: Line) =>
    !matched.has(line.id) && !line.charged && line.source === 'encounter' && had.has(line.code)
  const stay = lines.filter((line) => !gone(line))
  const followed = stay.map((line): Line => {
    const procedure = matched.get(line.id)
    if (procedure && !line.charged) return follow(line, procedure)
    if (procedure && line.diagnosisPointers.length === 0)
      return { ...line, diagnosisPointers: procedure.diagnosisPointers }
    return { ...line, diagnosisPointers: pointersTo(codesOf(line, bill.diagnoses), diagnoses) }
  })
  return {
    lines: append(
      followed,
      added.map((procedure) => ({ ...procedure, discountCents: 0, source: 'encounter' as const })),
    ),
    removedLineIds: lines.filter(gone).map((line) => line.id),
    diagnoses,
    differences: [
      ...dateDifference(bill, released),
      ...stay.flatMap((line) => differencesOf(line, bill, matched.get(line.id), released, had)),
    ],
  }
}

function follow(line: Line, { units, modifiers, diagnosisPointers }: ReleasedProcedure): Line {
  const most =
    line.unitAmountCents === null ? 0 : grossCents({ units, unitAmountCents: line.unitAmountCents })
  return {
    ...line,
    units,
    modifiers: modifiers.length > 0 ? modifiers : line.modifiers,
    diagnosisPointers,
    discountCents: Math.min(line.discountCents, most),
  }
}

function differencesOf(
  line: Line,
  bill: CodedBill,
  procedure: ReleasedProcedure | undefined,
  released: Coding,
  had: ReadonlySet<string>,
): Difference[] {
  const at = { lineId: line.id, code: line.code }
  if (!procedure)
    return had.has(line.code) ? [{ ...at, what: 'dropped', billed: `${line.units}`, released: null }] : []
  if (!line.charged) return []
  const found: Difference[] = []
  const compare = (what: Difference['what'], billed: string, now: string) => {
    if (billed !== now) found.push({ ...at, what, billed, released: now })
  }
  compare('units', `${line.units}`, `${procedure.units}`)
  if (procedure.modifiers.length > 0)
    compare('modifiers', line.modifiers.toSorted().join(' '), procedure.modifiers.toSorted().join(' '))
  if (line.diagnosisPointers.length > 0)
    compare(
      'diagnoses',
      codesOf(line, bill.diagnoses).join(' '),
      codesOf(procedure, released.diagnoses).join(' '),
    )
  return found
}

function dateDifference(bill: CodedBill, { serviceDate }: Coding): Difference[] {
  if (bill.serviceDate === serviceDate) return []
  return [{ what: 'service-date', lineId: null, code: null, billed: bill.serviceDate, released: serviceDate }]
}

/**
 * Lines that a session has just put into the ledger, against the note that was here first: `bill` is as the session left it, and the
 * session's day stands where it had another than the note.
 */
export function sessionDifferences(
  bill: CodedBill,
  released: Coding,
  postedIds: readonly string[],
): Difference[] {
  const { matched } = pair(bill.lines, released.procedures)
  const posted = bill.lines.filter(({ id }) => postedIds.includes(id) && matched.has(id))
  return [
    ...dateDifference(bill, released),
    ...posted.flatMap((line) => differencesOf(line, bill, matched.get(line.id), released, new Set())),
  ]
}

/** A biller takes over the links of a note that says something else than the charges: only the clinical side of lines, no money. */
export function takeLinks(lines: readonly Line[], procedures: readonly ReleasedProcedure[]): Line[] {
  const { matched } = pair(lines, procedures)
  return lines.map((line) => {
    const procedure = matched.get(line.id)
    return procedure ? { ...line, diagnosisPointers: procedure.diagnosisPointers } : line
  })
}

/** A biller takes over what another encounter of the same visit brought: its procedures are lines to review. */
export function takeOther(
  bill: Pick<CodedBill, 'lines' | 'diagnoses'>,
  other: Pick<Coding, 'diagnoses' | 'procedures'>,
): { lines: Line[]; diagnoses: Diagnosis[] } {
  const diagnoses = mergeDiagnoses(bill.diagnoses, other.diagnoses)
  const lines = append(
    bill.lines,
    other.procedures.map((procedure) => ({
      ...procedure,
      diagnosisPointers: pointersTo(codesOf(procedure, other.diagnoses), diagnoses),
      discountCents: 0,
      source: 'encounter' as const,
    })),
  )
  return { lines, diagnoses }
}

function codesOf(
  { diagnosisPointers }: Pick<Line, 'diagnosisPointers'>,
  diagnoses: readonly Diagnosis[],
): string[] {
  return diagnosisPointers.flatMap((position) => diagnoses[position - 1]?.code ?? [])
}

function pointersTo(codes: readonly string[], diagnoses: readonly Diagnosis[]): number[] {
  return codes
    .map((code) => diagnoses.findIndex((diagnosis) => diagnosis.code === code) + 1)
    .filter((position) => position > 0)
}
