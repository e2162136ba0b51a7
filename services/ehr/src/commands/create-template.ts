import { type CommandContext, refuse, sql } from '@praxisbus/runtime'
import { z } from 'zod'
import { PLUGINS } from '../domain/content.ts'
import { line } from '../domain/text.ts'

const unique = (list: readonly unknown[]) => new Set(list).size === list.length

export const templateInput = z.strictObject({
  name: line(200),
  plugins: z
    .array(z.enum(PLUGINS))
    .min(1)
    .max(PLUGINS.length)
    .refine(unique, 'has a plugin twice')
    .describe('In the order in which the document shows them'),
  signerRoles: z
    .array(line(60))
    .min(1)
    .max(10)
    .refine(unique, 'has a role twice')
    .describe('Roles that must sign, all of them'),
})

/** Makes a template; it never changes afterwards (E-01). Refuses template_name_taken. */
export async function createTemplate(ctx: CommandContext, input: z.output<typeof templateInput>) {
  const templateId = ctx.newId()
  const made = await ctx.tx.run(sql`
    insert into template (practice_id, id, name, plugins, signer_roles, created_at)
    values (${ctx.principal.practiceId}, ${templateId}, ${input.name}, ${input.plugins}, ${input.signerRoles}, ${ctx.now.toString()})
    on conflict (practice_id, lower(name)) do nothing`)
  if (made === 0)
    return refuse('template_name_taken', {
      field: 'name',
      detail: `There is a template called ${input.name}.`,
      next: 'Take another name, or use that template.',
    })
  ctx.audit('template', templateId, 'create')
  return { templateId, ...input, version: 1 }
}
