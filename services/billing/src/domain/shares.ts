import type { Share } from './ledger.ts'

/** Part of what is owed of a charge. `payerId` null: the patient. */
export interface Part {
  readonly payerId: string | null
  readonly amountCents: number
}

/** Who owes what of one charge, while a decision is worked out. No share may end below zero; `list` leaves out who owes nothing. */
export class Shares {
  readonly #cents = new Map<string | null, number>()

  constructor(shares: readonly Share[]) {
    for (const { payerId, balanceCents } of shares) this.add(payerId, balanceCents)
  }

  of(payerId: string | null): number {
    return this.#cents.get(payerId) ?? 0
  }

  add(payerId: string | null, amountCents: number): void {
    this.#cents.set(payerId, this.of(payerId) + amountCents)
  }

  get totalCents(): number {
    return [...this.#cents.values()].reduce((total, cents) => total + cents, 0)
  }

  list(): Share[] {
    return [...this.#cents]
      .filter(([, balanceCents]) => balanceCents !== 0)
      .map(([payerId, balanceCents]) => ({ payerId, balanceCents }))
  }

  /** What changed for whom since `before`: positive, where somebody owes more. */
  since(before: Shares): Part[] {
    return [...new Set([...this.#cents.keys(), ...before.#cents.keys()])]
      .map((payerId) => ({ payerId, amountCents: this.of(payerId) - before.of(payerId) }))
      .filter(({ amountCents }) => amountCents !== 0)
  }
}
