import { fields } from '@praxisbus/contracts'
import { z } from 'zod'
import { id } from './domain/input.ts'

/**
 * Lists are read page by page. `next` of one page is `after` of the following; it carries the last record's place in the
 * order itself, so a record that is renamed or deleted in between neither ends nor repeats the list.
 */
const MOST = 200

function after<Key extends z.ZodType<string>>(key: Key) {
  const place = z.tuple([key, id])
  return z
    .string()
    .max(2000)
    .transform((text, ctx): z.output<typeof place> => {
      const result = place.safeParse(decoded(text))
      if (result.success) return result.data
      ctx.addIssue({ code: 'custom', message: 'must be `next` of an earlier page' })
      return z.NEVER
    })
    .optional()
}

/** As this service writes it: the database takes neither the year 0 nor endless fractions. */
const moment = fields.instant.max(30).refine((text) => text >= '1850')

const limit = z.coerce.number().int().min(1).max(MOST).default(50)

/** For lists in the order of a name. */
export const namePage = { limit, after: after(z.string().max(200)) }
/** For lists in the order of time. */
export const timePage = { limit, after: after(moment) }

export interface NamePage {
  readonly limit: number
  readonly after?: readonly [string, string]
}

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    items: z.array(item),
    next: z.string().nullable().describe('Send it as `after` to read on; null at the end'),
  })
}

/** Cuts the one record that was read beyond the page and says where the next page begins. */
export function paged<Item>(rows: readonly Item[], limit: number, placeOf: (item: Item) => [string, string]) {
  const items = rows.slice(0, limit)
  const next =
    rows.length > limit ? Buffer.from(JSON.stringify(placeOf(items.at(-1)!))).toString('base64url') : null
  return { items, next }
}

function decoded(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}
