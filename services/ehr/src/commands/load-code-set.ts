import { type CommandContext, isRefusal, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import { CODE_SYSTEMS, readCodeSet } from '../domain/codes.ts'
import { line } from '../domain/text.ts'

export const codeSetInput = z.strictObject({
  system: z.enum(CODE_SYSTEMS),
  codes: z
    .array(
      z.strictObject({
        code: line(10),
        description: line(400),
        billable: z.boolean().default(true).describe('false: a header, which is on no claim'),
      }),
    )
    .min(1)
    .max(5_000),
})

/** Adds codes and brings known ones up to date (E-14); codes that are not in it stay. Refuses invalid_code, duplicate_code. */
export async function loadCodeSet(ctx: CommandContext, input: z.output<typeof codeSetInput>) {
  const codes = readCodeSet(input.system, input.codes)
  if (isRefusal(codes)) return codes
  const changed = await ctx.tx.run(sql`
    insert into code (practice_id, system, code, description, billable)
    select ${ctx.principal.practiceId}, ${input.system}, entry.*
      from unnest(${codes.map(({ code }) => code)}::text[], ${codes.map(({ description }) => description)}::text[],
                  ${codes.map(({ billable }) => billable)}::bool[]) as entry
    on conflict (practice_id, system, code) do update
       set description = excluded.description, billable = excluded.billable
     where (code.description, code.billable) is distinct from (excluded.description, excluded.billable)`)
  ctx.audit('code-set', input.system, 'load')
  return { system: input.system, received: codes.length, changed }
}
