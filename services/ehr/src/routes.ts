import { fields } from '@praxisbus/contracts'
import { command, query, type Route } from '@praxisbus/runtime'
import { z } from 'zod'
import { createTemplate, templateInput } from './commands/create-template.ts'
import { codeSetInput, loadCodeSet } from './commands/load-code-set.ts'
import { releaseEncounter, releaseInput } from './commands/release-encounter.ts'
import { saveDraft } from './commands/save-draft.ts'
import { preferencesInput, setPreferences } from './commands/set-preferences.ts'
import { signEncounter, signInput } from './commands/sign-encounter.ts'
import { startEncounter, startInput } from './commands/start-encounter.ts'
import { CODE_SYSTEMS } from './domain/codes.ts'
import { draftInput } from './domain/content.ts'
import { STATUSES } from './domain/encounter.ts'
import { documentQuery, getDocument, verificationOutput, verifyDocument } from './queries/get-document.ts'
import { encounterOutput, getEncounter, releasedOutput } from './queries/get-encounter.ts'
import { getPreferences } from './queries/get-preferences.ts'
import { getTemplate, listTemplates, templateOutput } from './queries/get-templates.ts'
import {
  encounterListOutput,
  listPatientEncounters,
  listUnsignedEncounters,
  patientEncountersQuery,
  unsignedEncountersQuery,
} from './queries/list-encounters.ts'
import { codesOutput, codesQuery, searchCodes } from './queries/search-codes.ts'

const byId = z.object({ id: fields.id })
const changed = {
  encounterId: fields.id,
  encounterNumber: z.int(),
  status: z.enum(STATUSES),
  version: z.int(),
}
const editRefusals = {
  encounter_not_found: 404,
  encounter_signed: 409,
  coding_released: 409,
  plugin_not_in_template: 422,
  invalid_content: 422,
  unknown_code: 422,
  code_not_billable: 422,
} as const

/** Table of contents: HTTP -> command or query, refusal -> status. */
export const routes: Route[] = [
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
  command({
    endpoint: 'POST /v1/encounters',
    permission: 'encounter.write',
    summary: 'Start or resume the encounter of a visit, or start a free-standing one',
    body: startInput,
    output: encounterOutput.extend({ resumed: z.boolean() }),
    refusals: {
      appointment_not_found: 404,
      appointment_deleted: 409,
      appointment_cancelled: 409,
      patient_not_found: 404,
      practitioner_not_found: 404,
      template_required: 422,
      template_not_found: 404,
      practice_unknown: 409,
      ehr_not_in_use: 409,
      service_date_in_future: 422,
    },
    run: startEncounter,
  }),
  query({
    endpoint: 'GET /v1/encounters',
    permission: 'encounter.read',
    summary: "A patient's encounters, newest first",
    query: patientEncountersQuery,
    output: encounterListOutput,
    refusals: {},
    run: listPatientEncounters,
  }),
  query({
    endpoint: 'GET /v1/unsigned-encounters',
    permission: 'encounter.read',
    summary: 'Encounters in draft or review, newest first',
    query: unsignedEncountersQuery,
    output: encounterListOutput,
    refusals: {},
    run: listUnsignedEncounters,
  }),
  query({
    endpoint: 'GET /v1/encounters/:id',
    permission: 'encounter.read',
    summary: 'One encounter with its content and signatures',
    params: byId,
    output: encounterOutput,
    refusals: { encounter_not_found: 404 },
    run: getEncounter,
  }),
  command({
    endpoint: 'PUT /v1/encounters/:id/draft',
    permission: 'encounter.write',
    summary: 'Replace the content of a draft',
    params: byId,
    body: draftInput,
    ifMatch: 'required',
    output: z.object({ ...changed, savedAt: fields.instant }),
    refusals: editRefusals,
    run: saveDraft,
  }),
  command({
    endpoint: 'POST /v1/encounters/:id/sign',
    permission: 'encounter.sign',
    summary: 'Sign in one role',
    params: byId,
    body: signInput,
    ifMatch: 'optional',
    output: z.object({
      ...changed,
      role: z.string(),
      openRoles: z.array(z.string()),
      signerName: z.string(),
      signedAt: fields.instant,
      documentSha256: z.string(),
    }),
    refusals: {
      encounter_not_found: 404,
      already_signed: 409,
      role_already_signed: 409,
      role_not_in_template: 422,
      role_required: 422,
      role_not_held: 403,
      confirmation_required: 409,
      practice_unknown: 409,
      names_unknown: 409,
    },
    run: signEncounter,
  }),
  command({
    endpoint: 'POST /v1/encounters/:id/release',
    permission: 'encounter.release',
    summary: 'Save and send the coding to billing, once',
    params: byId,
    body: releaseInput,
    ifMatch: 'optional',
    output: z.object({ ...changed, released: releasedOutput }),
    refusals: {
      ...editRefusals,
      practice_unknown: 409,
      billing_not_in_use: 409,
      already_released: 409,
      may_not_edit: 403,
      if_match_required: 428,
      nothing_to_release: 409,
      diagnosis_choice_required: 409,
      too_many_linked_diagnoses: 409,
      too_many_diagnoses: 422,
      diagnosis_not_in_encounter: 422,
      duplicate_choice: 422,
      linked_diagnosis_left_out: 422,
    },
    run: releaseEncounter,
  }),
  query({
    endpoint: 'GET /v1/encounters/:id/document',
    permission: 'encounter.read',
    summary: 'The signed PDF',
    params: byId,
    query: documentQuery,
    output: 'binary',
    refusals: { encounter_not_found: 404, no_document: 404 },
    run: getDocument,
  }),
  query({
    endpoint: 'GET /v1/encounters/:id/document/verification',
    permission: 'encounter.read',
    summary: 'Whether the stored documents are the signed ones',
    params: byId,
    output: verificationOutput,
    refusals: { encounter_not_found: 404 },
    run: verifyDocument,
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
