import { sql, type Tx } from '@praxisbus/runtime'

/** The catalogue's amounts by code, where an active service of that code has one. */
export async function priceList(
  tx: Tx,
  practiceId: string,
  codes: readonly string[],
): Promise<Map<string, number>> {
  const rows = await tx.many<{ code: string; amountCents: number }>(sql`
    select code, amount_cents from service
     where practice_id = ${practiceId} and code = any(${codes}) and active and amount_cents is not null`)
  return new Map(rows.map((row) => [row.code, row.amountCents]))
}

/** The rendering provider a practitioner is linked to, if any (B-01). */
export async function renderingProviderOf(
  tx: Tx,
  practiceId: string,
  practitionerId: string,
): Promise<string | null> {
  const row = await tx.maybe<{ id: string }>(sql`
    select id from rendering_provider
     where practice_id = ${practiceId} and practitioner_id = ${practitionerId} and active`)
  return row?.id ?? null
}
