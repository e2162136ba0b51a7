import {
  type CommandContext,
  type QueryContext,
  type Refusal,
  refuse,
  sql,
  type Tx,
} from '@praxisbus/runtime'
import type { PracticeAnswer } from './answers.ts'

interface PracticeRow {
  readonly practiceId: string
  readonly name: string
  readonly timeZone: string
  readonly scheduler: boolean
  readonly ehr: boolean
  readonly billing: boolean
  readonly imaging: boolean
  readonly noShowFeeCents: number | null
  readonly letterhead: PracticeAnswer['letterhead']
  readonly version: number
}

/** The practice of this transaction, where it is set up. */
export async function findPractice(
  tx: Tx,
  { lock = false }: { lock?: boolean } = {},
): Promise<PracticeAnswer | undefined> {
  const row = await tx.maybe<PracticeRow>(sql`
    select practice_id, name, time_zone, scheduler, ehr, billing, imaging, no_show_fee_cents, letterhead, version
      from practice where practice_id = current_practice()${lock ? sql` for update` : sql``}`)
  if (!row) return undefined
  const { scheduler, ehr, billing, imaging, ...rest } = row
  return { ...rest, products: { scheduler, ehr, billing, imaging } }
}

export function notSetUp(): Refusal<'practice_not_set_up'> {
  return refuse('practice_not_set_up', {
    detail: 'The practice is not set up yet.',
    next: 'Set it up with PUT /v1/practice (name, time zone, products).',
  })
}

/** S-01: nothing works before the practice is set up. What runs inside gets the practice as its third argument. */
export function inPractice<Ctx extends CommandContext | QueryContext, Input, Answer>(
  run: (ctx: Ctx, input: Input, practice: PracticeAnswer) => Promise<Answer>,
) {
  return async (ctx: Ctx, input: Input): Promise<Answer | Refusal<'practice_not_set_up'>> => {
    const practice = await findPractice(ctx.tx)
    return practice ? run(ctx, input, practice) : notSetUp()
  }
}

/** The same for what needs the calendar: a practice may use Praxisbus without it. */
export function onCalendar<Ctx extends CommandContext | QueryContext, Input, Answer>(
  run: (ctx: Ctx, input: Input, practice: PracticeAnswer) => Promise<Answer>,
) {
  return inPractice(
    async (ctx: Ctx, input: Input, practice): Promise<Answer | Refusal<'scheduler_off'>> =>
      practice.products.scheduler ? run(ctx, input, practice) : schedulerOff(),
  )
}

/** What would put something on the calendar of a practice that does not use it. */
export function schedulerOff(): Refusal<'scheduler_off'> {
  return refuse('scheduler_off', {
    detail: 'The practice does not use the scheduler.',
    next: 'Turn products.scheduler on with PUT /v1/practice.',
  })
}

/** Today on the wall of the practice. */
export function todayIn(practice: PracticeAnswer, now: Temporal.Instant): Temporal.PlainDate {
  return now.toZonedDateTimeISO(practice.timeZone).toPlainDate()
}
