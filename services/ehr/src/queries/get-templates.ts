import { fields } from '@praxisbus/contracts'
import { type QueryContext, refuse, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import { PLUGINS } from '../domain/content.ts'

export const templateOutput = z.object({
  templateId: fields.id,
  name: z.string(),
  plugins: z.array(z.enum(PLUGINS)),
  signerRoles: z.array(z.string()),
  version: z.int(),
})
type Template = z.output<typeof templateOutput>

/** A practice has dozens; the bound is against mishaps. */
const MOST = 1_000

/** All templates by name (E-01). They hold no patient's data, so the trail gets one entry for the list. */
export async function listTemplates(ctx: QueryContext) {
  ctx.audit('template', 'list')
  return {
    templates: await ctx.tx.many<Template>(sql`
      select id as template_id, name, plugins, signer_roles, version from template order by lower(name) limit ${MOST}`),
  }
}

export async function getTemplate(ctx: QueryContext, { id }: { readonly id: string }) {
  const template = await ctx.tx.maybe<Template>(
    sql`select id as template_id, name, plugins, signer_roles, version from template where id = ${id}`,
  )
  if (!template)
    return refuse('template_not_found', {
      detail: 'This practice has no such template.',
      next: 'Choose one of GET /v1/templates.',
    })
  ctx.audit('template', id)
  return template
}
