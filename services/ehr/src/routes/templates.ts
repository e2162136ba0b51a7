import { fields } from '@praxisbus/contracts'
import { command, query, type Route } from '@praxisbus/runtime'
import { z } from 'zod'
import { createTemplate, templateInput } from '../commands/create-template.ts'
import { codeSetInput, loadCodeSet } from '../commands/load-code-set.ts'
import { preferencesInput, setPreferences } from '../commands/set-preferences.ts'
import { CODE_SYSTEMS } from '../domain/codes.ts'
import { getPreferences } from '../queries/get-preferences.ts'
import { getTemplate, listTemplates, templateOutput } from '../queries/get-templates.ts'
import { codesOutput, codesQuery, searchCodes } from '../queries/search-codes.ts'

const byId = z.object({ id: fields.id })

/** What encounters are made of (E-01, E-14), and a user's own switches (E-04). */
export const templateRoutes: Route[] = [
  command({
    endpoint: 'POST /v1/templates',
    permission: 'template.manage',
    summary: 'Make a template of plugins and required signer roles',
    body: templateInput,
    status: 201,
    output: templateOutput,
    refusals: { template_name_taken: 409 },
    run: createTemplate,
  }),
  query({
    endpoint: 'GET /v1/templates',
    permission: 'encounter.read',
    summary: 'All templates, by name',
    output: z.object({ templates: z.array(templateOutput) }),
    refusals: {},
    run: listTemplates,
  }),
  query({
    endpoint: 'GET /v1/templates/:id',
    permission: 'encounter.read',
    summary: 'One template',
    params: byId,
    output: templateOutput,
    refusals: { template_not_found: 404 },
    run: getTemplate,
  }),
  command({
    endpoint: 'POST /v1/code-sets',
    permission: 'code-set.manage',
    summary: 'Add codes to a code set, or bring known ones up to date',
    body: codeSetInput,
    output: z.object({
      system: z.enum(CODE_SYSTEMS),
      received: z.int(),
      changed: z.int().describe('How many were new or different'),
    }),
    refusals: { invalid_code: 422, duplicate_code: 422 },
    run: loadCodeSet,
  }),
  query({
    endpoint: 'GET /v1/codes',
    permission: 'encounter.read',
    summary: 'Search a code set by the beginning of a code or by words',
    query: codesQuery,
    output: codesOutput,
    refusals: {},
    run: searchCodes,
  }),
  query({
    endpoint: 'GET /v1/me/preferences',
    permission: 'encounter.read',
    summary: "The user's own switches",
    output: preferencesInput,
    refusals: {},
    run: getPreferences,
  }),
  command({
    endpoint: 'PUT /v1/me/preferences',
    permission: 'encounter.read',
    summary: "Change the user's own switches",
    body: preferencesInput,
    output: preferencesInput,
    refusals: {},
    run: setPreferences,
  }),
]
