import { fields } from '@praxisbus/contracts'
import { command, query, type Route } from '@praxisbus/runtime'
import { z } from 'zod'
import { releaseEncounter, releaseInput } from '../commands/release-encounter.ts'
import { saveCheckoutInstructions } from '../commands/save-checkout-instructions.ts'
import { saveDraft } from '../commands/save-draft.ts'
import { signEncounter, signInput } from '../commands/sign-encounter.ts'
import { startEncounter, startInput } from '../commands/start-encounter.ts'
import { checkoutInput } from '../domain/checkout.ts'
import { draftInput } from '../domain/content.ts'
import { STATUSES } from '../domain/encounter.ts'
import { checkoutOutput, encounterOutput, getEncounter, releasedOutput } from '../queries/get-encounter.ts'
import {
  encounterListOutput,
  listPatientEncounters,
  listUnsignedEncounters,
  patientEncountersQuery,
  unsignedEncountersQuery,
} from '../queries/list-encounters.ts'

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
const choiceRefusals = {
  diagnosis_choice_required: 409,
  too_many_linked_diagnoses: 409,
  too_many_diagnoses: 422,
  diagnosis_not_in_encounter: 422,
  duplicate_choice: 422,
  linked_diagnosis_left_out: 422,
} as const

/** From opening an encounter to its release (E-02 to E-08, E-12). */
export const encounterRoutes: Route[] = [
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
    endpoint: 'PUT /v1/encounters/:id/checkout-instructions',
    permission: 'encounter.write',
    summary: 'Replace what patient and front desk are told at checkout',
    params: byId,
    body: checkoutInput,
    ifMatch: 'required',
    output: z.object({ ...changed, checkout: checkoutOutput.nullable() }),
    refusals: {
      encounter_not_found: 404,
      practice_unknown: 409,
      scheduler_not_in_use: 409,
      not_linked_to_visit: 409,
      encounter_signed: 409,
    },
    run: saveCheckoutInstructions,
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
      contentVersion: z.int(),
      documentSha256: z.string(),
      codingSent: z.boolean().describe('The note was released before: billing is told what it says now'),
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
      service_date_in_future: 409,
      nothing_to_choose: 422,
      ...choiceRefusals,
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
      appointment_deleted: 409,
      service_date_in_future: 409,
      may_not_edit: 403,
      if_match_required: 428,
      nothing_to_release: 409,
      ...choiceRefusals,
    },
    run: releaseEncounter,
  }),
]
