import type { z } from 'zod'

/** One thing wrong with a practice folder: where, what, and what to do. */
export interface Complaint {
  readonly file: string
  /** A line or a field; empty where the whole file is meant. */
  readonly where: string
  readonly what: string
  readonly cure: string
}

/** Gathers all that is wrong, so that a person corrects a folder once and not fault by fault. */
export class Complaints {
  readonly list: Complaint[] = []

  add(file: string, where: string, what: string, cure: string): void {
    this.list.push({ file, where, what, cure })
  }

  /** The value that the schema makes of it; undefined where it has faults, which are then on the list. */
  check<Schema extends z.ZodType>(
    schema: Schema,
    value: unknown,
    file: string,
    prefix = '',
  ): z.output<Schema> | undefined {
    const result = schema.safeParse(value)
    if (result.success) return result.data
    for (const issue of result.error.issues) {
      const where = joined(prefix, fieldName(issue.path))
      if (issue.code === 'unrecognized_keys') {
        for (const key of issue.keys)
          this.add(file, joined(where, key), 'is not known', 'Remove it, or correct its spelling.')
      } else if (issue.code === 'invalid_type' && valueAt(value, issue.path) === undefined) {
        this.add(file, where, 'is missing', `It must be ${article(issue.expected)}. ${compare(file)}`)
      } else {
        this.add(file, where, lowered(issue.message), compare(file))
      }
    }
    return undefined
  }
}

/** `services[2].amountCents` */
function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : joined(text, String(step))),
    '',
  )
}

function joined(before: string, after: string): string {
  if (!before || !after || after.startsWith('[')) return before + after
  return before.startsWith('line ') ? `${before}, ${after}` : `${before}.${after}`
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[step] : undefined,
    value,
  )
}

const WORDS: Record<string, string> = {
  array: 'a list',
  object: 'an object',
  int: 'a whole number',
  string: 'a text',
}
const article = (expected: string) => WORDS[expected] ?? `a ${expected}`
const compare = (file: string) => `Compare with examples/practice/${file}.`
/** `Invalid input` -> `invalid input`; codes and names keep their capitals. */
const lowered = (text: string) => (/^[A-Z][a-z]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text)

/** `practice.json, services[2].amountCents: is missing` and the cure on a line of its own. */
export function complaintLines(complaints: readonly Complaint[]): string[] {
  return complaints.flatMap(({ file, where, what, cure }) => [
    `  ✗ ${where ? `${file}, ${where}` : file}: ${what}`,
    `    ${cure}`,
  ])
}
