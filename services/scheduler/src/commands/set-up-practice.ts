import { isDeepStrictEqual } from 'node:util'
import { fields, PracticeChanged } from '@praxisbus/contracts'
import { type CommandContext, isRefusal, json, refuse, sql, staleWrite } from '@praxisbus/runtime'
import { z } from 'zod'
import type { PracticeAnswer } from '../answers.ts'
import { addressLines, amountCents, name, phone } from '../domain/input.ts'
import { knownTimeZone } from '../domain/time-zone.ts'
import { findPractice } from '../practice.ts'

export const practiceInput = z.strictObject({
  name,
  timeZone: z.string().min(1).max(64),
  products: z.strictObject({
    scheduler: z.boolean(),
    ehr: z.boolean(),
    billing: z.boolean(),
    imaging: z.boolean(),
  }),
  noShowFeeCents: amountCents
    .min(1)
    .nullable()
    .optional()
    .describe('What a no-show is charged (S-20); null: nothing. Left out: as it is'),
  letterhead: z
    .strictObject({
      addressLines: addressLines.default([]),
      phone: phone.nullable().default(null),
      taxId: fields.taxId.nullable().default(null),
      npi: fields.npi.nullable().default(null).describe('of the organization'),
    })
    .optional()
    .describe('What invoices, statements and superbills say of the practice (B-20). Left out: as it is'),
})
type PracticeInput = z.infer<typeof practiceInput>

/**
 * S-01: sets up the practice of the token, or changes it. The same again changes nothing; a change needs If-Match.
 * Refuses `unknown_time_zone`, `version_required`, `stale`.
 */
export async function setUpPractice(ctx: CommandContext, input: PracticeInput) {
  const timeZone = knownTimeZone(input.timeZone)
  if (isRefusal(timeZone)) return timeZone
  const { practiceId } = ctx.principal
  const { scheduler, ehr, billing, imaging } = input.products
  const fee = input.noShowFeeCents ?? null
  const letterhead = input.letterhead ?? fields.NO_LETTERHEAD
  const created = await ctx.tx.run(sql`
    insert into practice (practice_id, name, time_zone, scheduler, ehr, billing, imaging, no_show_fee_cents,
                          letterhead)
    values (${practiceId}, ${input.name}, ${timeZone}, ${scheduler}, ${ehr}, ${billing}, ${imaging}, ${fee},
            ${json(letterhead)})
    on conflict (practice_id) do nothing`)
  if (created === 1)
    return published(ctx, { ...input, practiceId, timeZone, noShowFeeCents: fee, letterhead, version: 1 })

  const current = (await findPractice(ctx.tx, { lock: true }))!
  const noShowFeeCents = input.noShowFeeCents === undefined ? current.noShowFeeCents : input.noShowFeeCents
  const wanted: PracticeAnswer = {
    ...{ letterhead: current.letterhead, ...input },
    ...{ practiceId, timeZone, noShowFeeCents, version: current.version },
  }
  if (isSame(current, wanted)) return current
  if (ctx.ifMatch === undefined) {
    return refuse('version_required', {
      field: 'If-Match',
      detail: 'The practice is already set up, and a change needs to know which version you edited.',
      next: 'Read it with GET /v1/practice and send its ETag in If-Match.',
    })
  }
  const stale = staleWrite(ctx, current.version)
  if (stale) return stale
  const version = current.version + 1
  await ctx.tx.run(sql`
    update practice set name = ${input.name}, time_zone = ${timeZone}, scheduler = ${scheduler}, ehr = ${ehr},
           billing = ${billing}, imaging = ${imaging}, no_show_fee_cents = ${noShowFeeCents},
           letterhead = ${json(wanted.letterhead)}, version = ${version}
     where practice_id = ${practiceId}`)
  if (scheduler && !current.products.scheduler) await readCalendarsAnew(ctx)
  return published(ctx, { ...wanted, version })
}

/** S-19: what was put into Google calendars meanwhile came to nothing here. Who reads one at this moment begins again. */
async function readCalendarsAnew({ tx, now }: CommandContext): Promise<void> {
  await tx.run(sql`
    update google_connection
       set sync_token = null, pull_at = ${now.toString()}, lease = null, leased_until = '-infinity'
     where state = 'connected'`)
}

function published(ctx: CommandContext, practice: PracticeAnswer): PracticeAnswer {
  const { version, noShowFeeCents: _, ...data } = practice
  ctx.record(PracticeChanged, { subject: data.practiceId, version, data })
  ctx.audit('practice', data.practiceId, version === 1 ? 'set up' : 'change')
  return practice
}

function isSame(a: PracticeAnswer, b: PracticeAnswer): boolean {
  return (
    a.name === b.name &&
    a.timeZone === b.timeZone &&
    a.noShowFeeCents === b.noShowFeeCents &&
    isDeepStrictEqual(a.letterhead, b.letterhead) &&
    Object.entries(a.products).every(([product, on]) => b.products[product as keyof typeof b.products] === on)
  )
}
