import { type QueryContext, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import { CODE_SYSTEMS, type Code, readSearch } from '../domain/codes.ts'
import { line } from '../domain/text.ts'

export const codesQuery = z.strictObject({
  system: z.enum(CODE_SYSTEMS),
  q: line(100).describe('The beginning of a code, or words of the description in any order'),
  limit: z.coerce.number().int().min(1).max(100).default(20),
})
export const codesOutput = z.object({
  codes: z.array(
    z.object({
      system: z.enum(CODE_SYSTEMS),
      code: z.string(),
      description: z.string(),
      billable: z.boolean().describe('false: a header, refused on an encounter'),
    }),
  ),
})

/** After the last character that a code may have. */
const BEYOND = '~'

/** Codes that begin so, in their order; then those whose descriptions have all the words, the closest first (E-14). */
export async function searchCodes(
  { tx, audit }: QueryContext,
  { system, q, limit }: z.output<typeof codesQuery>,
) {
  const { prefix, words } = readSearch(system, q)
  const codes = await tx.many<Code>(sql`
    (select system, code, description, billable, 0 as place, 0::real as closeness from code
      where system = ${system} and code >= ${prefix}::text and code < ${prefix === null ? null : prefix + BEYOND}::text
      order by code limit ${limit})
    union all
    (select system, code, description, billable, 1, -ts_rank(words, wanted, 2)
       from to_tsquery('english', ${words}) as wanted, code
      where ${words}::text is not null and system = ${system} and words @@ wanted
        and (${prefix}::text is null or not starts_with(code, ${prefix}::text))
      order by 6, code limit ${limit})
    order by place, closeness, code limit ${limit}`)
  audit('code-set', system)
  return { codes: codes.map(({ code, description, billable }) => ({ system, code, description, billable })) }
}
