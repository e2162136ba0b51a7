import { createHash, randomBytes } from 'node:crypto'
import { type Database, type Sql, sql, type Tx } from '@praxisbus/runtime'
import { LINK_DAYS } from '../domain/feedback.ts'

/** Of 2^256, so that nobody finds one by trying. */
const TOKEN_BYTES = 32

export interface FoundLink {
  readonly practiceId: string
  readonly appointmentId: string
  readonly expiresAt: string
}

/** A link of its own for each attempt to send it: what was sent stands nowhere, so it cannot be sent again. */
export async function makeLink(
  { tx, now }: { readonly tx: Tx; readonly now: Temporal.Instant },
  appointmentId: string,
  publicUrl: string,
): Promise<string> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const expiresAt = now.add({ hours: 24 * LINK_DAYS }).toString()
  await tx.run(sql`
    insert into feedback_link (practice_id, token_hash, appointment_id, expires_at)
    values (current_practice(), ${hashOf(token)}, ${appointmentId}, ${expiresAt})`)
  return `${publicUrl.replace(/\/+$/, '')}/feedback/${token}`
}

/** Whose the link is, with the relay's login. */
export function findLink(across: Database, token: string): Promise<FoundLink | undefined> {
  return across.plain((tx) => tx.maybe<FoundLink>(linkBy(token)))
}

const linkBy = (token: string): Sql => sql`
  select practice_id, appointment_id, expires_at from feedback_link where token_hash = ${hashOf(token)}`

const hashOf = (token: string) => createHash('sha256').update(token).digest()
