/** Something on this machine keeps a server from starting: said in words for the person at the keyboard, with the cure. */
export class GroundFault extends Error {
  readonly cure: string

  constructor(what: string, cure: string, options?: ErrorOptions) {
    super(`${what}\n  ${cure}`, options)
    this.name = 'GroundFault'
    this.cure = cure
  }
}

/** What to tell a person: the words alone where the cause is known, the whole error with its stack where it is not. */
export function explain(error: unknown): string {
  if (error instanceof GroundFault) return error.message
  if (error instanceof AggregateError) return error.errors.map(explain).join('\n')
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
