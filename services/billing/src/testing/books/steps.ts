/** The patient, where it is said who owes or pays; everybody else is an id. */
export const PATIENT = 'patient'

export type PayerKind = 'patient' | 'insurer' | 'agency'

interface Dated {
  /** undefined: today's batch, whose day is never closed. */
  readonly batchDate?: string
}

export interface Adjustment {
  readonly group: 'CO' | 'OA' | 'PI' | 'PR'
  readonly reason: string
  readonly amountCents: number
  readonly note?: boolean
}

/** One line of an insurer's check, as it is sent. */
export interface RemittanceLine {
  readonly chargeId: string
  readonly paidCents: number
  readonly adjustments: readonly Adjustment[]
  readonly postAs?: 'primary' | 'secondary'
  readonly nextPayer?: string
  readonly expectedBalanceCents?: number
  readonly freePatientMoney?: boolean
}

/** A step with the ids it was asked with. */
export type Step =
  | (Dated & {
      readonly do: 'receive'
      readonly kind: PayerKind
      /** The patient, an insurer or an agency. */
      readonly who: string
      readonly cents: number
      /** The bill of the visit that a patient's money is taken for. */
      readonly bill?: string
    })
  | (Dated & {
      readonly do: 'apply'
      readonly receiptId: string
      readonly parts: readonly {
        readonly chargeId: string
        readonly cents: number
        readonly feeCents?: number
      }[]
    })
  | (Dated & { readonly do: 'post'; readonly receiptId: string; readonly lines: readonly RemittanceLine[] })
  | (Dated & { readonly do: 'remove'; readonly paymentId: string; readonly chargeId?: string })
  | (Dated & {
      readonly do: 'spend'
      readonly kind: 'disbursed' | 'refunded'
      readonly receiptId: string
      readonly cents: number
    })
  | (Dated & { readonly do: 'undo'; readonly kind: 'disbursed' | 'refunded'; readonly outflowId: string })
  | (Dated & {
      readonly do: 'modify'
      readonly receiptId: string
      readonly kind: PayerKind
      readonly who: string
      readonly version: number
      readonly cents: number
    })
  | { readonly do: 'delete'; readonly receiptId: string }
  | (Dated & {
      readonly do: 'transfer'
      readonly from: string
      readonly to: string
      readonly charges: readonly {
        readonly chargeId: string
        /** null: all that `from` owes. */
        readonly cents: number | null
        readonly expectedBalanceCents?: number
      }[]
    })
  | (Dated & {
      readonly do: 'write-off'
      readonly chargeId: string
      readonly from?: string
      readonly cents: number
      readonly group: 'CO' | 'PR'
    })
  | (Dated & { readonly do: 'undo-write-off'; readonly writeOffId: string })
  | { readonly do: 'cover'; readonly version: number; readonly payers: readonly string[] }
  | (Dated & {
      readonly do: 'send'
      readonly bill: string
      readonly agencyId: string
      readonly chargeIds?: readonly string[]
    })
  | (Dated & { readonly do: 'recall'; readonly bill: string; readonly chargeIds?: readonly string[] })
  | {
      readonly do: 'rate'
      readonly agencyId: string
      readonly version: number
      readonly basisPoints: number
      readonly active: boolean
    }
  | (Dated & { readonly do: 'sign'; readonly bill: string; readonly billTo?: 'patient' | 'insurance' })
  | (Dated & {
      readonly do: 'reverse'
      readonly bill: string
      readonly returnPayments: boolean
      /** Whether who asks has the permission payment.return. */
      readonly mayReturn: boolean
    })
  | { readonly do: 'cancel'; readonly bill: string }
  | { readonly do: 'close'; readonly endsOn: string }
  | { readonly do: 'reopen'; readonly closingId: string }

export type StepOf<Do extends Step['do']> = Extract<Step, { readonly do: Do }>

/** What came back: the ids of what a step made, or the code of a refusal. */
export type Outcome = { readonly made: readonly string[] } | { readonly refused: string }
