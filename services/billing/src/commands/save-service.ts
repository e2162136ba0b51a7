import { ServiceChanged } from '@praxisbus/contracts'
import { type CommandContext, type Refusal, refuse, sql, staleWrite, type Tx } from '@praxisbus/runtime'

export interface ServiceInput {
  readonly code: string
  readonly description: string
  /** null: no price yet; a session with it needs one entered (S-03). */
  readonly amountCents: number | null
  readonly lengthMinutes: number
  readonly defaultModifiers: readonly string[]
  readonly active: boolean
}

export interface Service extends ServiceInput {
  readonly serviceId: string
  readonly version: number
}

/** Adds a service to the catalogue (B-01). Refused where another active service has its code. */
export async function createService(
  ctx: CommandContext,
  input: ServiceInput,
): Promise<Service | Refusal<'code_taken'>> {
  const service = { ...input, serviceId: ctx.newId(), version: 1 }
  const { practiceId } = ctx.principal
  if (input.active && (await takenByOther(ctx.tx, practiceId, input.code, service.serviceId)))
    return codeTaken(input.code)
  await ctx.tx.run(sql`
    insert into service (practice_id, id, code, description, amount_cents, length_minutes, default_modifiers, active)
    values (${practiceId}, ${service.serviceId}, ${input.code}, ${input.description}, ${input.amountCents},
            ${input.lengthMinutes}, ${input.defaultModifiers}, ${input.active})`)
  return publish(ctx, service, 'create')
}

/** Replaces a service as a whole (B-01). Whoever has not seen its newest version is told. */
export async function changeService(
  ctx: CommandContext,
  { id, ...input }: ServiceInput & { readonly id: string },
): Promise<Service | Refusal<'code_taken' | 'not_found' | 'stale'>> {
  const { tx, principal } = ctx
  const held = await tx.maybe<{ version: number }>(sql`
    select version from service where practice_id = ${principal.practiceId} and id = ${id} for update`)
  if (!held)
    return refuse('not_found', {
      detail: 'There is no service of this id in the practice.',
      next: 'List the services for their ids.',
    })
  const stale = staleWrite(ctx, held.version)
  if (stale) return stale
  if (input.active && (await takenByOther(tx, principal.practiceId, input.code, id)))
    return codeTaken(input.code)
  const version = held.version + 1
  await tx.run(sql`
    update service set code = ${input.code}, description = ${input.description}, amount_cents = ${input.amountCents},
           length_minutes = ${input.lengthMinutes}, default_modifiers = ${input.defaultModifiers},
           active = ${input.active}, version = ${version}
     where practice_id = ${principal.practiceId} and id = ${id}`)
  return publish(ctx, { ...input, serviceId: id, version }, 'change')
}

/** Asked under the advisory lock of the code, so that two changes to one code at once do not both see it free. */
async function takenByOther(tx: Tx, practiceId: string, code: string, id: string): Promise<boolean> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`service:${practiceId}:${code}`}, 0))`)
  const other = await tx.maybe(sql`
    select id from service where practice_id = ${practiceId} and code = ${code} and active and id <> ${id}`)
  return other !== undefined
}

function publish(ctx: CommandContext, service: Service, action: string): Service {
  const { version, ...data } = service
  ctx.record(ServiceChanged, {
    subject: service.serviceId,
    version,
    data: { ...data, defaultModifiers: [...data.defaultModifiers] },
  })
  ctx.audit('service', service.serviceId, action)
  return service
}

function codeTaken(code: string): Refusal<'code_taken'> {
  return refuse('code_taken', {
    field: 'code',
    detail: `Another active service has the code ${code}.`,
    next: 'Change that service, or make it inactive first.',
  })
}
