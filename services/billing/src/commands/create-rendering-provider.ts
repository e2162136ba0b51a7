import { RenderingProviderChanged } from '@praxisbus/contracts'
import { type CommandContext, type Refusal, refuse, sql, type Tx } from '@praxisbus/runtime'

export interface RenderingProvider {
  readonly renderingProviderId: string
  /** null: no practitioner is linked, so no released encounter finds it by itself (E-12). */
  readonly practitionerId: string | null
  readonly name: string
  readonly npi: string
  readonly active: boolean
  readonly version: number
}

export interface RenderingProviderInput {
  readonly name: string
  readonly npi: string
  readonly practitionerId: string | null
}

/** Adds a rendering provider (B-01). NPI and link are each of one provider only. */
export async function createRenderingProvider(
  ctx: CommandContext,
  input: RenderingProviderInput,
): Promise<RenderingProvider | Refusal<'npi_taken' | 'practitioner_linked'>> {
  const { tx, principal } = ctx
  await oneAtATime(tx, principal.practiceId)
  const provider = { ...input, renderingProviderId: ctx.newId(), active: true, version: 1 }
  const added = await tx.run(sql`
    insert into rendering_provider (practice_id, id, practitioner_id, name, npi)
    values (${principal.practiceId}, ${provider.renderingProviderId}, ${input.practitionerId}, ${input.name}, ${input.npi})
    on conflict do nothing`)
  if (added === 0) {
    const sameNpi = await tx.maybe(sql`
      select id from rendering_provider where practice_id = ${principal.practiceId} and npi = ${input.npi}`)
    return sameNpi ? npiTaken() : practitionerLinked()
  }
  const { version, ...data } = provider
  ctx.record(RenderingProviderChanged, { subject: provider.renderingProviderId, version, data })
  ctx.audit('rendering-provider', provider.renderingProviderId, 'create')
  return provider
}

/** So that of two changes to one NPI or one practitioner at once the second is refused by what the first has written. */
export async function oneAtATime(tx: Tx, practiceId: string): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`rendering-provider:${practiceId}`}, 0))`)
}

export function npiTaken(): Refusal<'npi_taken'> {
  return refuse('npi_taken', {
    field: 'npi',
    detail: 'Another rendering provider has this NPI.',
    next: 'An NPI belongs to one person: check the digits, or use that provider; PUT /v1/rendering-providers/{id} changes it.',
  })
}

export function practitionerLinked(): Refusal<'practitioner_linked'> {
  return refuse('practitioner_linked', {
    field: 'practitionerId',
    detail: 'The practitioner is linked to another rendering provider.',
    next: 'Use that provider, or take the link from it with PUT /v1/rendering-providers/{id} first.',
  })
}
