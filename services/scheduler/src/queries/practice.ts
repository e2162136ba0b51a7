import type { QueryContext } from '@praxisbus/runtime'
import type { PracticeAnswer } from '../answers.ts'

/** S-01: the practice of the token. */
export async function getPractice(ctx: QueryContext, _input: object, practice: PracticeAnswer) {
  ctx.audit('practice', practice.practiceId)
  return practice
}
