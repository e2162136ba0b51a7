import { type QueryContext, sql } from '@praxisbus/runtime'
import type { RenderingProvider } from '../commands/create-rendering-provider.ts'
import type { Payer } from '../commands/save-payer.ts'
import type { Service } from '../commands/save-service.ts'

/** A practice's catalogue is a short list; the limit only bounds the answer. */
const LIMIT = 2_000

export async function listServices({ tx, principal, audit }: QueryContext): Promise<{ services: Service[] }> {
  audit('service', 'list')
  const services = await tx.many<Service>(sql`
    select id as service_id, code, description, amount_cents, length_minutes, default_modifiers, active, version
      from service where practice_id = ${principal.practiceId} order by code, id limit ${LIMIT}`)
  return { services }
}

export async function listPayers({ tx, principal, audit }: QueryContext): Promise<{ payers: Payer[] }> {
  audit('payer', 'list')
  const payers = await tx.many<Payer>(sql`
    select id as payer_id, name, payer_number, active, version,
           (select coalesce(jsonb_agg(jsonb_build_object('planId', plan.id, 'name', plan.name, 'active', plan.active) order by plan.id), '[]')
              from plan where plan.practice_id = payer.practice_id and plan.payer_id = payer.id) as plans
      from payer where practice_id = ${principal.practiceId} order by name, id limit ${LIMIT}`)
  return { payers }
}

export async function listRenderingProviders({
  tx,
  principal,
  audit,
}: QueryContext): Promise<{ renderingProviders: RenderingProvider[] }> {
  audit('rendering-provider', 'list')
  const renderingProviders = await tx.many<RenderingProvider>(sql`
    select id as rendering_provider_id, practitioner_id, name, npi, active, version
      from rendering_provider where practice_id = ${principal.practiceId} order by name, id limit ${LIMIT}`)
  return { renderingProviders }
}
