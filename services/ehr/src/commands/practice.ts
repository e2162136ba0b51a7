import { type CommandContext, type Refusal, refuse, sql, type Tx } from '@praxisbus/runtime'

export interface Practice {
  readonly name: string
  readonly timeZone: string
}

const NAMES = { scheduler: 'Scheduler', ehr: 'EHR', billing: 'Billing' } as const
type Product = keyof typeof NAMES

/** The practice of the transaction, where it has switched the product on. */
export async function practiceWith<Wanted extends Product>(
  tx: Tx,
  product: Wanted,
): Promise<Practice | Refusal<'practice_unknown' | `${Wanted}_not_in_use`>> {
  const practice = await practiceOf(tx)
  if ('refused' in practice) return practice
  const { hasScheduler, hasEhr, hasBilling } = practice
  if ({ scheduler: hasScheduler, ehr: hasEhr, billing: hasBilling }[product]) return practice
  return refuse(`${product}_not_in_use`, {
    detail: `This practice does not use the product ${NAMES[product]}.`,
    next: `Switch ${NAMES[product]} on in the practice's set-up where it is wanted.`,
  })
}

export async function practiceOf(tx: Tx) {
  const practice = await tx.maybe<Practice & { hasScheduler: boolean; hasEhr: boolean; hasBilling: boolean }>(
    sql`select name, time_zone, has_scheduler, has_ehr, has_billing from practice_replica`,
  )
  return (
    practice ??
    refuse('practice_unknown', {
      detail: "The practice's set-up has not come to the EHR yet.",
      next: 'If it was set up just now, ask again in a moment with a new Idempotency-Key.',
    })
  )
}

/** YYYY-MM-DD by the practice's calendar. */
export function todayAt({ timeZone }: Practice, { now }: Pick<CommandContext, 'now'>): string {
  return now.toZonedDateTimeISO(timeZone).toPlainDate().toString()
}
