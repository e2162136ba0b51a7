import type pg from 'pg'
import { Batch, Step } from './batch.ts'
import { type Sql, sql } from './sql.ts'
import { isConnectionFault, TransactionBroken } from './sql-fault.ts'

interface Passenger {
  readonly step: Step
  /** Where somebody waits for this statement. */
  readonly resolve?: (step: Step) => void
  readonly reject?: (error: unknown) => void
}

const COMMIT = sql`commit`
const ROLLBACK = sql`rollback`
const NOTHING = sql`select`

/** The guard found a row: the outcome stands, and nothing that this transaction asks counts any more. */
class AnsweredBefore extends Error {}

/** What goes ahead of the statements. */
export interface Opening {
  /** With the first statement; or, where `each`, with whatever travels together, which then is a transaction of its own. */
  readonly statements: readonly Sql[]
  readonly each?: boolean
  /** The last of the opening. Where it finds a row, nothing behind it counts. */
  readonly guard?: Sql
}

/**
 * One transaction's way to PostgreSQL: its statements are executed in the order in which they were given, and travel
 * together as far as nobody has to wait for an answer in between.
 */
export class Line {
  readonly #client: pg.PoolClient
  readonly #opening: Passenger[]
  readonly #each: boolean
  readonly #guard: Step | undefined
  readonly #found: Promise<Step> | undefined
  #waiting: Passenger[] = []
  #began = false
  #flying = false
  #scheduled = false
  #ended = false
  #answered = false
  #fault: Error | undefined
  /** Why the connection is of no more use. */
  lost: Error | undefined

  constructor(client: pg.PoolClient, { statements, guard, each = false }: Opening) {
    this.#client = client
    this.#each = each
    client.on('error', this.#onError)
    this.#opening = statements.map((query) => ({ step: new Step(query, false) }))
    if (!guard) return
    const { promise, resolve, reject } = Promise.withResolvers<Step>()
    promise.catch(() => undefined) // whoever asks for the row hears of it
    this.#found = promise
    this.#guard = new Step(guard, true)
    this.#opening.push({ step: this.#guard, resolve, reject })
  }

  /** Travels with the next statement that is waited for. What it fails with, that one fails with. */
  later(query: Sql): void {
    this.#waiting.push({ step: new Step(query, false) })
  }

  async ask(query: Sql, wantsRows: boolean): Promise<Step> {
    if (this.#answered) throw new AnsweredBefore()
    if (this.#ended) throw new Error('The transaction has come to its end')
    try {
      return await this.#send(query, wantsRows)
    } catch (error) {
      // The stack would lead to the socket; whoever reads the log wants to know who asked.
      if (error instanceof Error) Error.captureStackTrace(error)
      throw error
    }
  }

  /** The guard's row. It is asked now where nothing was asked before. */
  async found(): Promise<Record<string, unknown> | undefined> {
    if (this.#found && !this.#began) this.#depart()
    return (await this.#found)?.rows[0]
  }

  async commit(): Promise<void> {
    this.#ended = true
    if (this.#each) return this.#sendRest()
    if (!this.#began && this.#waiting.length === 0) return
    const { command } = await this.#send(COMMIT, false)
    // PostgreSQL answers so where a statement failed and whoever asked it went on regardless.
    if (command !== 'COMMIT') throw new TransactionBroken(this.#fault)
  }

  /** Never throws: a connection that cannot even do that is lost. */
  async rollback(): Promise<void> {
    this.#ended = true
    this.#dismiss(new TransactionBroken(this.#fault))
    if (!this.#began || this.lost || (this.#each && !this.#flying)) return
    await this.#send(this.#each ? NOTHING : ROLLBACK, false).catch((error: Error) => {
      this.lost ??= error
    })
  }

  /** Gives the connection back. */
  release(): void {
    this.#client.off('error', this.#onError)
    this.#client.release(this.lost)
  }

  readonly #onError = (error: Error) => {
    this.lost ??= error
  }

  #send(query: Sql, wantsRows: boolean): Promise<Step> {
    return this.#await(new Step(query, wantsRows))
  }

  #await(step: Step): Promise<Step> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ step, resolve, reject })
      this.#departSoon()
    })
  }

  /** With somebody who waits for the last of it. */
  async #sendRest(): Promise<void> {
    const last = this.#waiting.pop()
    if (last) await this.#await(last.step)
  }

  /** When what runs now has come to its end, so that statements asked side by side travel together. */
  #departSoon(): void {
    if (this.#scheduled || this.#flying) return
    this.#scheduled = true
    process.nextTick(() => {
      this.#scheduled = false
      this.#depart()
    })
  }

  #depart(): void {
    const opened = this.#began && !this.#each
    const all = opened ? this.#waiting : [...this.#opening, ...this.#waiting]
    // What nobody waits for stays behind, so that its error finds somebody who does.
    const passengers = all.slice(0, all.findLastIndex(({ resolve }) => resolve) + 1)
    if (this.#flying || passengers.length === 0) return
    this.#waiting = all.slice(passengers.length)
    this.#began = true
    this.#flying = true
    const steps = passengers.map(({ step }) => step)
    this.#client.query(new Batch(steps, (failed) => this.#arrive(passengers, failed)))
  }

  #arrive(passengers: readonly Passenger[], failed?: { at: number; error: Error }): void {
    this.#flying = false
    if (failed) this.#note(failed.error)
    const executed = failed ? failed.at : passengers.length
    let refusal: Error | undefined
    for (let index = 0; index < passengers.length; index++) {
      const { step, resolve, reject } = passengers[index]!
      if (refusal) reject?.(refusal)
      else if (index < executed) {
        if (step.fault !== undefined) reject?.(step.fault)
        else resolve?.(step)
        if (step === this.#guard && step.rows.length > 0) {
          this.#answered = true
          refusal = new AnsweredBefore()
        }
      } else if (reject) {
        // The error goes to the one who asked, or where nobody did to the first who waits; the others were not executed.
        reject(failed!.error)
        refusal = new TransactionBroken(failed!.error)
      }
    }
    if (refusal instanceof AnsweredBefore) this.#dismiss(refusal)
    if (this.#waiting.length > 0) this.#departSoon()
  }

  #note(error: Error): void {
    this.#fault ??= error
    if (isConnectionFault(error)) this.lost ??= error
  }

  #dismiss(reason: Error): void {
    for (const { reject } of this.#waiting) reject?.(reason)
    this.#waiting = []
  }
}
