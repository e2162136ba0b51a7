import { fields } from '@praxisbus/contracts'
import { command, query, type Route } from '@praxisbus/runtime'
import { z } from 'zod'
import type { Billing } from '../adapters/billing.ts'
import { unlockEncounter, unlockInput } from '../commands/unlock-encounter.ts'
import { dependentsOutput, getDependents } from '../queries/get-dependents.ts'
import { documentQuery, getDocument, verificationOutput, verifyDocument } from '../queries/get-document.ts'
import { listVersions, versionsOutput } from '../queries/list-versions.ts'

const byId = z.object({ id: fields.id })

/** What was signed, and how it is opened again (E-05, E-09, E-11). */
export function noteRoutes({ billing }: { readonly billing: Billing }): Route[] {
  return [
    query({
      endpoint: 'GET /v1/encounters/:id/dependents',
      permission: 'note.unlock',
      summary: 'What depends on a note: charges, payments, documents, closed periods',
      params: byId,
      output: dependentsOutput,
      refusals: { encounter_not_found: 404, practice_unknown: 409, peer_refused: 409 },
      run: getDependents(billing),
    }),
    command({
      endpoint: 'POST /v1/encounters/:id/unlock',
      permission: 'note.unlock',
      summary: 'Take a signed note back to a draft; what was signed stays in its history',
      params: byId,
      body: unlockInput,
      ifMatch: 'required',
      output: z.object({
        encounterId: fields.id,
        encounterNumber: z.int(),
        status: z.literal('draft'),
        unlockedVersion: z.int().describe('The version that carries the signatures'),
        contentVersion: z.int().describe('The version that is edited from now on'),
        unlockedAt: fields.instant,
        version: z.int(),
      }),
      refusals: { encounter_not_found: 404, not_signed: 409 },
      run: unlockEncounter,
    }),
    query({
      endpoint: 'GET /v1/encounters/:id/versions',
      permission: 'encounter.read',
      summary: 'Every version of a note that carried signatures, and why it was unlocked',
      params: byId,
      output: versionsOutput,
      refusals: { encounter_not_found: 404 },
      run: listVersions,
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
  ]
}
