import { type CommandContext, sql } from '@praxisbus/runtime'
import { z } from 'zod'

export const preferencesInput = z.strictObject({ confirmBeforeSigning: z.boolean() })
export type Preferences = z.output<typeof preferencesInput>

/** A user's own switches (E-04). */
export async function setPreferences(ctx: CommandContext, preferences: Preferences): Promise<Preferences> {
  await keepPreference(ctx, preferences)
  ctx.audit('user-preference', ctx.principal.userId, 'change')
  return preferences
}

export async function keepPreference(
  { tx, principal }: CommandContext,
  { confirmBeforeSigning }: Preferences,
): Promise<void> {
  await tx.run(sql`
    insert into user_preference (practice_id, user_id, confirm_before_signing)
    values (${principal.practiceId}, ${principal.userId}, ${confirmBeforeSigning})
    on conflict (practice_id, user_id) do update set confirm_before_signing = excluded.confirm_before_signing`)
}
