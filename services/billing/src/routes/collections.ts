import { command, query, type Route } from '@praxisbus/runtime'
import { recallFromCollections } from '../commands/recall-from-collections.ts'
import { changeAgency, createAgency } from '../commands/save-collection-agency.ts'
import { sendToCollections } from '../commands/send-to-collections.ts'
import { listAgencies, listCollections } from '../queries/list-collections.ts'
import * as input from './inputs.ts'
import * as output from './outputs.ts'
import * as history from './outputs-history.ts'

/** What agencies collect for the practice (B-13). */
export const collections: Route[] = [
  command({
    endpoint: 'POST /v1/collection-agencies',
    permission: 'collections.manage',
    summary: 'Add a collection agency and what it keeps (B-13)',
    body: input.agencyBody,
    output: history.agency,
    status: 201,
    run: createAgency,
    refusals: { agency_exists: 409 },
  }),
  command({
    endpoint: 'PUT /v1/collection-agencies/:id',
    permission: 'collections.manage',
    summary: 'Change a collection agency, or take it out of use (B-13)',
    params: input.byId,
    body: input.agencyBody,
    output: history.agency,
    ifMatch: 'required',
    run: changeAgency,
    refusals: { not_found: 404, agency_exists: 409 },
  }),
  query({
    endpoint: 'GET /v1/collection-agencies',
    permission: 'billing.read',
    summary: 'Collection agencies (B-13)',
    output: history.agencyList,
    run: listAgencies,
    refusals: {},
  }),
  query({
    endpoint: 'GET /v1/collections',
    permission: 'billing.read',
    summary: 'What was sent to agencies, and what they have not collected yet (B-13)',
    query: input.collectionsFilter,
    output: history.collectionsList,
    run: listCollections,
    refusals: {},
  }),
  command({
    endpoint: 'POST /v1/billing-encounters/:id/collections',
    permission: 'collections.manage',
    summary: 'Send what the patient owes of a bill to an agency (B-13)',
    params: input.byId,
    body: input.sendingBody,
    output: output.encounter,
    run: sendToCollections,
    refusals: {
      not_found: 404,
      agency_unknown: 422,
      agency_retired: 422,
      unknown_charge: 422,
      in_collections: 409,
      nothing_owed: 409,
      unknown_batch: 422,
      period_closed: 409,
    },
  }),
  command({
    endpoint: 'POST /v1/billing-encounters/:id/recall',
    permission: 'collections.manage',
    summary: 'Take charges back from their agency: what is left is the patient’s again (B-13)',
    params: input.byId,
    body: input.recallBody,
    output: output.encounter,
    run: recallFromCollections,
    refusals: {
      not_found: 404,
      unknown_charge: 422,
      not_in_collections: 409,
      unknown_batch: 422,
      period_closed: 409,
    },
  }),
]
