import pg from 'pg'
import { prepareValue } from 'pg/lib/utils.js'
import type { Sql } from './sql.ts'

/** One statement on its way to PostgreSQL, and what came back. */
export class Step {
  readonly sql: Sql
  /** As parameters: a value that cannot be one fails here, before anything is sent. */
  readonly values: readonly (string | Buffer | null)[]
  readonly wantsRows: boolean
  readonly rows: Record<string, unknown>[] = []
  /** `INSERT`, `SELECT`, `COMMIT`, … */
  command = ''
  count = 0
  /** A value that could not be read. */
  fault?: unknown
  columns: Columns = { list: [], empty: {}, sure: false }

  constructor(sql: Sql, wantsRows: boolean) {
    this.sql = sql
    this.values = sql.values.map(parameter)
    this.wantsRows = wantsRows
  }
}

/** Ids, numbers and words: what is no quote, comma, brace or blank needs no quoting in an array. */
const PLAIN = /^[0-9A-Za-z-]+$/

/** Long arrays of ids are what postings of many lines send; pg looks at each element with two replacements. */
function parameter(value: unknown): string | Buffer | null {
  if (!Array.isArray(value)) return prepareValue(value)
  const elements: string[] = []
  for (const element of value) {
    const text = typeof element === 'number' || element === null ? String(element) : element
    // The word itself would be taken for nothing.
    const plain =
      typeof text === 'string' && PLAIN.test(text) && (element === null || text.toLowerCase() !== 'null')
    if (!plain) return prepareValue(value)
    elements.push(text)
  }
  return `{${elements.join(',')}}`
}

interface Column {
  /** In camelCase. */
  readonly name: string
  readonly parse: (text: string) => unknown
}

/** What a connection remembers of a statement that it prepared. */
interface Columns {
  list: readonly Column[]
  /** A row of nothing: a copy of it is filled faster than an object that grows. */
  empty: Readonly<Record<string, null>>
  /** false: sent, and nobody knows whether it was parsed. */
  sure: boolean
  batch?: Batch
}

const prepared = new WeakMap<object, Map<string, Columns>>()

/** The parts of pg's connection that its own queries use. */
interface Wire {
  readonly stream: { cork(): void; uncork(): void }
  parse(message: { name: string; text: string }): void
  bind(message: { statement: string; values: readonly unknown[] }): void
  describe(message: { type: 'P' }): void
  execute(message: object): void
  close(message: { type: 'S'; name: string }): void
  sync(): void
  sendCopyFail(reason: string): void
}

/** `at`: the statement that failed; those behind it were not executed. */
export type Settled = (failed?: { readonly at: number; readonly error: Error }) => void

/**
 * Statements that go to PostgreSQL in one write and come back in one read: a query for pg like any other (as pg-cursor is).
 * A statement that fails ends the batch. `settled` is called once.
 */
export class Batch implements pg.Submittable {
  /** Set by pg, which ends its watch over the time of the answer when this is called. */
  callback?: () => void
  readonly #steps: readonly Step[]
  #settled: Settled | undefined
  #at = 0

  constructor(steps: readonly Step[], settled: Settled) {
    this.#steps = steps
    this.#settled = settled
  }

  submit(connection: unknown): void {
    const wire = connection as Wire
    let known = prepared.get(wire)
    if (!known) {
      known = new Map()
      prepared.set(wire, known)
    }
    wire.stream.cork()
    try {
      for (const step of this.#steps) this.#send(wire, step, known)
      wire.sync()
    } finally {
      wire.stream.uncork()
    }
  }

  #send(wire: Wire, step: Step, known: Map<string, Columns>): void {
    const { text, name = '' } = step.sql
    const earlier = known.get(name)
    const again = earlier !== undefined && (earlier.sure || earlier.batch === this)
    if (again) step.columns = earlier
    else {
      if (earlier) wire.close({ type: 'S', name })
      wire.parse({ name, text })
      step.columns = { list: [], empty: {}, sure: false, batch: this }
      if (name) known.set(name, step.columns)
    }
    wire.bind({ statement: name, values: step.values })
    // What a prepared statement answers cannot change: PostgreSQL refuses to execute it instead.
    if (!again) wire.describe({ type: 'P' })
    wire.execute({})
  }

  handleRowDescription({ fields }: { fields: readonly pg.FieldDef[] }): void {
    const { columns } = this.#steps[this.#at]!
    columns.list = fields.map(({ name, dataTypeID }) => ({
      name: camelName(name),
      parse: pg.types.getTypeParser(dataTypeID, 'text'),
    }))
    columns.empty = Object.fromEntries(columns.list.map(({ name }) => [name, null]))
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    const step = this.#steps[this.#at]!
    if (!step.wantsRows || step.fault !== undefined) return
    const { list, empty } = step.columns
    const row: Record<string, unknown> = { ...empty }
    try {
      for (let index = 0; index < list.length; index++) {
        const { name, parse } = list[index]!
        const text = fields[index]!
        row[name] = text === null ? null : parse(text)
      }
      step.rows.push(row)
    } catch (error) {
      step.fault = error
    }
  }

  handleCommandComplete({ text }: { text: string }): void {
    const step = this.#steps[this.#at++]!
    const words = text.split(' ')
    step.command = words[0]!
    step.count = words.length > 1 ? Number(words.at(-1)) : 0
    step.columns.sure = true
    step.columns.batch = undefined
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: '' })
  }

  handleReadyForQuery(): void {
    this.#settle()
  }

  handleError(error: Error): void {
    // It may be the statement itself: parsed but not executable any more, or never parsed. It will be parsed anew.
    const step = this.#steps[this.#at]
    if (step) step.columns.sure = false
    this.#settle({ at: this.#at, error })
  }

  handleCopyInResponse(wire: Wire): void {
    wire.sendCopyFail('there is nothing to copy')
  }

  handleCopyData(): void {}

  #settle(failed?: { at: number; error: Error }): void {
    const settled = this.#settled
    this.#settled = undefined
    if (!settled) return
    this.callback?.()
    settled(failed)
  }
}

const camelNames = new Map<string, string>()

function camelName(name: string): string {
  let camel = camelNames.get(name)
  if (camel === undefined) {
    camel = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    camelNames.set(name, camel)
  }
  return camel
}
