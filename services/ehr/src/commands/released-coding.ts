import { type CommandContext, sql, type Tx } from '@praxisbus/runtime'
import type { Diagnosis, Procedure } from '../domain/content.ts'
import type { EncounterRow } from '../domain/encounter.ts'
import { type Coding, instantOfRelease } from '../domain/release.ts'

/** What billing gets of an encounter, and what is kept of it here (E-12). `before`: what billing has of it, where it was released before. */
export async function releasedCoding(
  ctx: CommandContext,
  encounter: Pick<EncounterRow, 'practitionerId' | 'serviceDate'>,
  { diagnoses, procedures }: Coding,
  before?: Pick<ReleasedCoding, 'releasedAt'>,
): Promise<ReleasedCoding> {
  return {
    renderingProviderId: await renderingProviderOf(ctx.tx, encounter.practitionerId),
    serviceDate: encounter.serviceDate,
    releasedAt: instantOfRelease(ctx.now, before?.releasedAt),
    diagnoses: diagnoses.map((diagnosis) => ({ ...diagnosis })),
    procedures: procedures.map(({ modifiers, diagnosisPointers, ...line }) => ({
      lineId: ctx.newId(),
      ...line,
      modifiers: [...modifiers],
      diagnosisPointers: [...diagnosisPointers],
    })),
  }
}

export interface ReleasedCoding {
  readonly renderingProviderId: string | null
  readonly serviceDate: string
  readonly releasedAt: string
  readonly diagnoses: Diagnosis[]
  readonly procedures: ReleasedProcedure[]
}

interface ReleasedProcedure extends Omit<Procedure, 'modifiers' | 'diagnosisPointers'> {
  readonly lineId: string
  readonly modifiers: string[]
  readonly diagnosisPointers: number[]
}

async function renderingProviderOf(tx: Tx, practitionerId: string): Promise<string | null> {
  // Billing should link one; where it has linked several, the one it made first.
  const linked = await tx.maybe<{ id: string }>(sql`
    select id from rendering_provider_replica where practitioner_id = ${practitionerId} and active order by id limit 1`)
  return linked?.id ?? null
}
