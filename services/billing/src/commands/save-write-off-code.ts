import { type CommandContext, sql } from '@praxisbus/runtime'

export interface WriteOffCode {
  readonly code: string
  readonly description: string
  readonly active: boolean
}

/** Adds an own code for writing off, changes its description, or takes it out of use (B-15). */
export async function saveWriteOffCode(
  { tx, principal, audit }: CommandContext,
  { code, description, active }: WriteOffCode,
): Promise<WriteOffCode> {
  await tx.run(sql`
    insert into write_off_code (practice_id, code, description, active)
    values (${principal.practiceId}, ${code}, ${description}, ${active})
    on conflict (practice_id, code) do update set
      description = excluded.description, active = excluded.active, version = write_off_code.version + 1`)
  audit('write-off-code', code, 'save')
  return { code, description, active }
}
