import { PractitionerChanged } from '@praxisbus/contracts'
import { type CommandContext, refuse, sql, sqlState } from '@praxisbus/runtime'
import { z } from 'zod'
import type { PractitionerAnswer } from '../answers.ts'
import { name } from '../domain/input.ts'

export const practitionerInput = z.strictObject({
  name,
  userId: z.string().min(1).max(255).nullable().default(null).describe('Subject of the person’s sign-in'),
  credentials: z.string().trim().min(1).max(100).nullable().default(null),
  npi: z
    .string()
    .regex(/^[0-9]{10}$/, 'must have ten digits')
    .nullable()
    .default(null),
  active: z.boolean().default(true),
})
export type PractitionerInput = z.infer<typeof practitionerInput>

/** S-01. Refuses `user_taken`: a sign-in is one practitioner of a practice at most. */
export async function addPractitioner(ctx: CommandContext, input: PractitionerInput) {
  const practitionerId = ctx.newId()
  const taken = await orUserTaken(() =>
    ctx.tx.run(sql`
      insert into practitioner (practice_id, id, user_id, name, credentials, npi, active)
      values (${ctx.principal.practiceId}, ${practitionerId}, ${input.userId}, ${input.name}, ${input.credentials},
              ${input.npi}, ${input.active})`),
  )
  return taken ?? publishPractitioner(ctx, { practitionerId, ...input, version: 1 }, 'add')
}

export function publishPractitioner(
  ctx: CommandContext,
  practitioner: PractitionerAnswer,
  action: 'add' | 'change',
): PractitionerAnswer {
  const { version, ...data } = practitioner
  ctx.record(PractitionerChanged, { subject: data.practitionerId, version, data })
  ctx.audit('practitioner', data.practitionerId, action)
  return practitioner
}

/** The unique index decides, so that two at once cannot both have the sign-in. */
export async function orUserTaken(write: () => Promise<unknown>) {
  try {
    await write()
    return undefined
  } catch (error) {
    if (sqlState(error) !== '23505') throw error
    return refuse('user_taken', {
      field: 'userId',
      detail: 'Another practitioner of the practice has this sign-in.',
      next: 'Take it off the other practitioner first, or choose another sign-in.',
    })
  }
}
