import { type CommandContext, type Refusal, refuse, sql, staleWrite, type Tx } from '@praxisbus/runtime'
import { agencyColumns, type CollectionAgency } from '../queries/list-collections.ts'
import { agencyNotFound } from '../queries/refusals.ts'

export interface AgencyInput {
  readonly name: string
  /** What it keeps of what it collects: 2,500 is a quarter. */
  readonly feeBasisPoints: number
  readonly active: boolean
}

export async function createAgency(
  ctx: CommandContext,
  input: AgencyInput,
): Promise<CollectionAgency | Refusal<'agency_exists'>> {
  const { tx, newId } = ctx
  const { practiceId } = ctx.principal
  const taken = await refuseTaken(tx, practiceId, input, null)
  if (taken) return taken
  const id = newId()
  ctx.audit('collection-agency', id, 'create')
  return tx.one<CollectionAgency>(sql`
    insert into collection_agency (practice_id, id, name, fee_basis_points, active)
    values (${practiceId}, ${id}, ${input.name}, ${input.feeBasisPoints}, ${input.active}) returning ${agencyColumns}`)
}

/** Another fee concerns what is sent out from now on: each charge keeps the one under which it went. */
export async function changeAgency(
  ctx: CommandContext,
  { id, ...input }: AgencyInput & { readonly id: string },
): Promise<CollectionAgency | Refusal<'not_found' | 'stale' | 'agency_exists'>> {
  const { tx } = ctx
  const { practiceId } = ctx.principal
  const known = await tx.maybe<{ version: number }>(sql`
    select version from collection_agency where practice_id = ${practiceId} and id = ${id} for update`)
  if (!known) return agencyNotFound()
  const refused = staleWrite(ctx, known.version) ?? (await refuseTaken(tx, practiceId, input, id))
  if (refused) return refused
  ctx.audit('collection-agency', id, 'change')
  return tx.one<CollectionAgency>(sql`
    update collection_agency
       set name = ${input.name}, fee_basis_points = ${input.feeBasisPoints}, active = ${input.active}, version = version + 1
     where practice_id = ${practiceId} and id = ${id} returning ${agencyColumns}`)
}

async function refuseTaken(
  tx: Tx,
  practiceId: string,
  { name, active }: AgencyInput,
  except: string | null,
): Promise<Refusal<'agency_exists'> | undefined> {
  if (!active) return undefined
  // Two who add the same name at once wait for each other here; the unique index stands behind it.
  await tx.run(
    sql`select pg_advisory_xact_lock(hashtextextended('agency:' || ${practiceId} || lower(${name}), 7301))`,
  )
  const other = await tx.maybe(sql`
    select from collection_agency
     where practice_id = ${practiceId} and lower(name) = lower(${name}) and active and id is distinct from ${except}::uuid`)
  if (!other) return undefined
  return refuse('agency_exists', {
    field: 'name',
    detail: `There is an active agency of the name ${name}.`,
    next: 'Use that one, or give the new one a name that tells them apart.',
  })
}
