import { PayerChanged } from '@praxisbus/contracts'
import { type CommandContext, type Refusal, refuse, sql } from '@praxisbus/runtime'

export interface Plan {
  readonly planId: string
  readonly name: string
  readonly active: boolean
}

export interface Payer {
  readonly payerId: string
  readonly name: string
  readonly payerNumber: string | null
  readonly active: boolean
  readonly plans: readonly Plan[]
  readonly version: number
}

/** Adds a payer (B-01). Refused where another one has its number. */
export async function createPayer(
  ctx: CommandContext,
  input: { readonly name: string; readonly payerNumber: string | null },
): Promise<Payer | Refusal<'payer_number_taken'>> {
  const payer = { ...input, payerId: ctx.newId(), active: true, plans: [], version: 1 }
  const added = await ctx.tx.run(sql`
    insert into payer (practice_id, id, name, payer_number)
    values (${ctx.principal.practiceId}, ${payer.payerId}, ${input.name}, ${input.payerNumber})
    on conflict do nothing`)
  if (added === 0)
    return refuse('payer_number_taken', {
      field: 'payerNumber',
      detail: `Another payer has the number ${input.payerNumber}.`,
      next: 'Use that payer, or leave the number out.',
    })
  return publish(ctx, payer, 'create')
}

/** Adds a plan to its payer (B-01). The payer's fact carries all of its plans. */
export async function addPlan(
  ctx: CommandContext,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<Payer | Refusal<'not_found' | 'plan_exists'>> {
  const { tx } = ctx
  const { practiceId } = ctx.principal
  const payer = await tx.maybe<Omit<Payer, 'plans'>>(sql`
    select id as payer_id, name, payer_number, active, version from payer
     where practice_id = ${practiceId} and id = ${id} for update`)
  if (!payer)
    return refuse('not_found', {
      detail: 'There is no payer of this id in the practice.',
      next: 'List the payers for their ids.',
    })
  const added = await tx.run(sql`
    insert into plan (practice_id, id, payer_id, name) values (${practiceId}, ${ctx.newId()}, ${id}, ${name})
    on conflict do nothing`)
  if (added === 0)
    return refuse('plan_exists', {
      field: 'name',
      detail: 'The payer has a plan of this name.',
      next: 'Use that plan, or choose another name.',
    })
  const version = payer.version + 1
  await tx.run(sql`update payer set version = ${version} where practice_id = ${practiceId} and id = ${id}`)
  const plans = await tx.many<Plan>(sql`
    select id as plan_id, name, active from plan where practice_id = ${practiceId} and payer_id = ${id} order by id`)
  return publish(ctx, { ...payer, plans, version }, 'add plan')
}

function publish(ctx: CommandContext, payer: Payer, action: string): Payer {
  const { version, ...data } = payer
  ctx.record(PayerChanged, { subject: payer.payerId, version, data: { ...data, plans: [...data.plans] } })
  ctx.audit('payer', payer.payerId, action)
  return payer
}
