import { type CommandContext, sql, type Tx } from '@praxisbus/runtime'
import type { EncounterRow } from '../domain/encounter.ts'
import type { Coding } from '../domain/release.ts'

/** What billing gets of an encounter, and what is kept of it here (E-12). */
export async function releasedCoding(
  ctx: CommandContext,
  encounter: Pick<EncounterRow, 'practitionerId' | 'serviceDate'>,
  { diagnoses, procedures }: Coding,
) {
  return {
    renderingProviderId: await renderingProviderOf(ctx.tx, encounter.practitionerId),
    serviceDate: encounter.serviceDate,
    releasedAt: ctx.now.toString({ smallestUnit: 'millisecond' }),
    diagnoses: diagnoses.map((diagnosis) => ({ ...diagnosis })),
    procedures: procedures.map(({ modifiers, diagnosisPointers, ...line }) => ({
      lineId: ctx.newId(),
      ...line,
      modifiers: [...modifiers],
      diagnosisPointers: [...diagnosisPointers],
    })),
  }
}
export type ReleasedCoding = Awaited<ReturnType<typeof releasedCoding>>

async function renderingProviderOf(tx: Tx, practitionerId: string): Promise<string | null> {
  // Billing should link one; where it has linked several, the one it made first.
  const linked = await tx.maybe<{ id: string }>(sql`
    select id from rendering_provider_replica where practitioner_id = ${practitionerId} and active order by id limit 1`)
  return linked?.id ?? null
}
