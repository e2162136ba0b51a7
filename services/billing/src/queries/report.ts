import { BinaryAnswer, type Refusal, refuse, type Sql } from '@praxisbus/runtime'
import { type Column, csv } from '../domain/csv.ts'

/** Lines of a report in one answer; `next` is the `after` of the following page. */
export const PAGE_SIZE = 200
/** A file is made in memory, of one moment. */
export const MAX_CSV_ROWS = 100_000

/**
 * Planned for the values it is asked with. A prepared statement gets a plan for any values after five executions, and one for any
 * range of dates takes its way through an index, which for three years is ten times slower than reading the table.
 */
export function planned({ text, values }: Sql): Sql {
  return { text, values }
}

/** Of rows that were asked for with one more than fits. */
export function pageOf<Row>(
  rows: readonly Row[],
  cursor: (row: Row) => string,
  size = PAGE_SIZE,
): { readonly rows: readonly Row[]; readonly next: string | null } {
  return rows.length > size
    ? { rows: rows.slice(0, size), next: cursor(rows[size - 1]!) }
    : { rows, next: null }
}

export function csvAnswer<Row>(
  fileName: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): BinaryAnswer | Refusal<'too_many_rows'> {
  if (rows.length > MAX_CSV_ROWS)
    return refuse('too_many_rows', {
      detail: `The file would have more than ${MAX_CSV_ROWS.toLocaleString('en-US')} rows.`,
      next: 'Narrow the dates or add a filter, and take the report in parts.',
      extra: { limit: MAX_CSV_ROWS },
    })
  return new BinaryAnswer(
    Buffer.from(csv(columns, rows)),
    'text/csv; charset=utf-8; header=present',
    fileName,
  )
}

/** Who paid in place of the patient, who has columns of their own. */
export interface NamedPayer {
  readonly payerId: string | null
  readonly payerName: string | null
  /** A collection agency that paid (B-13). */
  readonly agencyId: string | null
  readonly agencyName: string | null
}

export function payerText({ payerId, payerName, agencyId, agencyName }: NamedPayer): string | null {
  return payerName ?? payerId ?? agencyName ?? agencyId
}

/** What a report covered, for the audit trail: the filters that were set, in the order in which they are given. */
export function coverage(filter: Readonly<Record<string, string | undefined>>): string {
  const set = Object.entries(filter).filter(([, value]) => value !== undefined)
  return set.map(([name, value]) => `${name}=${value}`).join(' ') || 'all'
}
