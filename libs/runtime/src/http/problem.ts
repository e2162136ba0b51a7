import type { Refusal } from '../refusal.ts'

/** RFC 9457, with two members of ours: `errors` names fields, `next` says what to do. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly next: string
  readonly errors?: readonly { readonly field: string; readonly detail: string }[]
  readonly [extra: string]: unknown
}

export const PROBLEM_JSON = 'application/problem+json'

export function problem(
  status: number,
  code: string,
  detail: string,
  next: string,
  more: Record<string, unknown> = {},
): Problem {
  return { type: `urn:praxisbus:problem:${code}`, title: titleOf(code), status, detail, next, ...more }
}

/** `already_released` -> `Already released` */
function titleOf(code: string): string {
  const words = code.replaceAll('_', ' ')
  return words[0]!.toUpperCase() + words.slice(1)
}

export function problemOfRefusal(refusal: Refusal, status: number): Problem {
  const errors = refusal.field ? { errors: [{ field: refusal.field, detail: refusal.detail }] } : {}
  return problem(status, refusal.refused, refusal.detail, refusal.next, { ...errors, ...refusal.extra })
}

/** Thrown by the HTTP plumbing itself, before a command or query is asked. */
export class HttpFault extends Error {
  readonly problem: Problem
  readonly headers: Readonly<Record<string, string>>
  constructor(found: Problem, headers: Record<string, string> = {}) {
    super(found.detail)
    this.problem = found
    this.headers = headers
  }
}
