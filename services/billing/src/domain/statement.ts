import { sumCents } from './money.ts'

/** What a charge of a patient came to, and what of it the patient still owes. The parts add up to `amountCents`. */
export interface StatementCharge {
  readonly chargeId: string
  readonly serviceDate: string
  readonly code: string
  readonly description: string
  readonly modifiers: readonly string[]
  readonly units: number
  /** Gross. */
  readonly amountCents: number
  /** Discounts and what insurers took off; negative where they added. */
  readonly adjustedCents: number
  readonly paidCents: number
  /** What insurers owe of it. */
  readonly insuranceCents: number
  /** What an agency collects of it and has not yet. Left out in what was issued before that was told apart. */
  readonly collectionsCents?: number
  /** What the patient owes to us of it. */
  readonly balanceCents: number
  readonly payments: readonly StatementPayment[]
}

export interface StatementPayment {
  readonly date: string
  readonly method: string
  readonly insurer: boolean
  /** Through a collection agency: with what it kept, which the patient has paid as well. */
  readonly agency?: boolean
  readonly amountCents: number
}

/** What the patient owes by the age of the service, in days at the day of the statement. */
export interface Aging {
  readonly currentCents: number
  readonly days31To60Cents: number
  readonly days61To90Cents: number
  readonly days91To120Cents: number
  readonly over120Cents: number
}

/** B-20: all open charges of a patient on one day, as written down at issue. */
export interface StatementContent {
  readonly asOf: string
  readonly charges: readonly StatementCharge[]
  readonly aging: Aging
  readonly balanceCents: number
  /** What insurers owe of the same charges. */
  readonly insuranceCents: number
  /** Money of the patient that is not applied to anything yet (B-10). It is not taken off the balance. */
  readonly creditCents: number
}

export function composeStatement(
  asOf: string,
  charges: readonly StatementCharge[],
  creditCents: number,
): StatementContent {
  return {
    asOf,
    charges,
    aging: ageBalances(asOf, charges),
    balanceCents: sumCents(charges.map((charge) => charge.balanceCents)),
    insuranceCents: sumCents(charges.map((charge) => charge.insuranceCents)),
    creditCents,
  }
}

export function ageBalances(
  asOf: string,
  owed: readonly { readonly serviceDate: string; readonly balanceCents: number }[],
): Aging {
  const sum = (bucket: keyof Aging) =>
    sumCents(owed.filter((one) => bucketOf(one.serviceDate, asOf) === bucket).map((one) => one.balanceCents))
  return {
    currentCents: sum('currentCents'),
    days31To60Cents: sum('days31To60Cents'),
    days61To90Cents: sum('days61To90Cents'),
    days91To120Cents: sum('days91To120Cents'),
    over120Cents: sum('over120Cents'),
  }
}

/** Counted from the day of the service, which is day 0. A service to come is current. */
export function bucketOf(serviceDate: string, asOf: string): keyof Aging {
  const days = Temporal.PlainDate.from(serviceDate).until(asOf, { largestUnit: 'day' }).days
  if (days <= 30) return 'currentCents'
  if (days <= 60) return 'days31To60Cents'
  if (days <= 90) return 'days61To90Cents'
  return days <= 120 ? 'days91To120Cents' : 'over120Cents'
}
