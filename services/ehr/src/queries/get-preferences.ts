import { type QueryContext, sql, type Tx } from '@praxisbus/runtime'
import type { Preferences } from '../commands/set-preferences.ts'

export async function getPreferences({ tx, principal }: QueryContext): Promise<Preferences> {
  return { confirmBeforeSigning: await confirmsBeforeSigning(tx, principal.userId) }
}

/** On until the user switches it off (E-04). */
export async function confirmsBeforeSigning(tx: Tx, userId: string): Promise<boolean> {
  const preference = await tx.maybe<{ confirmBeforeSigning: boolean }>(
    sql`select confirm_before_signing from user_preference where user_id = ${userId}`,
  )
  return preference?.confirmBeforeSigning ?? true
}
