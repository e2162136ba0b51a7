import { RenderingProviderChanged } from '@praxisbus/contracts'
import { type CommandContext, type Refusal, refuse, sql, staleWrite } from '@praxisbus/runtime'
import {
  npiTaken,
  oneAtATime,
  practitionerLinked,
  type RenderingProvider,
  type RenderingProviderInput,
} from './create-rendering-provider.ts'

/**
 * Replaces a rendering provider as a whole (B-01): name, NPI, the practitioner it is linked to, whether it is in use. What was released or
 * printed keeps what it says.
 */
export async function changeRenderingProvider(
  ctx: CommandContext,
  { id, ...input }: RenderingProviderInput & { readonly id: string; readonly active: boolean },
): Promise<RenderingProvider | Refusal<'not_found' | 'stale' | 'npi_taken' | 'practitioner_linked'>> {
  const { tx, principal } = ctx
  const { practiceId } = principal
  const { name, npi, practitionerId, active } = input
  await oneAtATime(tx, practiceId)
  const held = await tx.maybe<{ version: number }>(sql`
    select version from rendering_provider where practice_id = ${practiceId} and id = ${id} for update`)
  if (!held) return providerUnknown()
  const stale = staleWrite(ctx, held.version)
  if (stale) return stale
  const others = await tx.many<{ npi: string }>(sql`
    select npi from rendering_provider
     where practice_id = ${practiceId} and id <> ${id} and (npi = ${npi} or practitioner_id = ${practitionerId})`)
  if (others.some((other) => other.npi === npi)) return npiTaken()
  if (others.length > 0) return practitionerLinked()
  const version = held.version + 1
  await tx.run(sql`
    update rendering_provider
       set name = ${name}, npi = ${npi}, practitioner_id = ${practitionerId}, active = ${active}, version = ${version}
     where practice_id = ${practiceId} and id = ${id}`)
  const data = { renderingProviderId: id, practitionerId, name, npi, active }
  ctx.record(RenderingProviderChanged, { subject: id, version, data })
  ctx.audit('rendering-provider', id, 'change')
  return { ...data, version }
}

function providerUnknown(): Refusal<'not_found'> {
  return refuse('not_found', {
    detail: 'There is no rendering provider of this id in the practice.',
    next: 'List the rendering providers for their ids.',
  })
}
