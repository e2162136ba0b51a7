/**
 * A refusal is an answer, not a fault: the caller asked for something that the rules do not allow. It names the field,
 * says why in `detail`, and what to do next in `next`. It is returned; faults are thrown.
 */
export interface Refusal<Code extends string = string> {
  readonly refused: Code
  readonly detail: string
  readonly next: string
  /** The input field the refusal is about, as the caller spelled it. */
  readonly field?: string
  /** Facts a caller can act on, for instance the list to choose from. */
  readonly extra?: Readonly<Record<string, unknown>>
}

export function refuse<Code extends string>(code: Code, why: Omit<Refusal, 'refused'>): Refusal<Code> {
  return { refused: code, ...why }
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refused' in value
}
