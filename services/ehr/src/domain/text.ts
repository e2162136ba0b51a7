import { z } from 'zod'

/** A single line a person typed, without blanks around it. `maxLength` in UTF-16 units. */
export function line(maxLength: number) {
  return z.string().trim().min(1).max(maxLength).refine(isStorable, UNSTORABLE)
}

/** Text of several paragraphs; may be empty. */
export function paragraphs(maxLength: number) {
  return z.string().max(maxLength).refine(isStorable, UNSTORABLE)
}

const UNSTORABLE = 'contains half of a character (a lone surrogate)'

/** A lone surrogate is valid JSON, but PostgreSQL takes it into no text and no jsonb. */
function isStorable(text: string): boolean {
  return text.isWellFormed()
}
