import { command, query, type Route } from '@praxisbus/runtime'
import { z } from 'zod'
import { changeRenderingProvider } from '../commands/change-rendering-provider.ts'
import { createRenderingProvider } from '../commands/create-rendering-provider.ts'
import { addPlan, createPayer } from '../commands/save-payer.ts'
import { changeService, createService } from '../commands/save-service.ts'
import { listPayers, listRenderingProviders, listServices } from '../queries/list-catalogue.ts'
import * as input from './inputs.ts'
import * as output from './outputs.ts'

export const catalogue: Route[] = [
  command({
    endpoint: 'POST /v1/services',
    permission: 'catalogue.manage',
    summary: 'Add a service to the catalogue (B-01)',
    body: input.serviceBody,
    output: output.service,
    status: 201,
    run: createService,
    refusals: { code_taken: 409 },
  }),
  command({
    endpoint: 'PUT /v1/services/:id',
    permission: 'catalogue.manage',
    summary: 'Replace a service (B-01)',
    params: input.byId,
    body: input.serviceBody,
    output: output.service,
    ifMatch: 'required',
    run: changeService,
    refusals: { code_taken: 409, not_found: 404 },
  }),
  query({
    endpoint: 'GET /v1/services',
    permission: 'catalogue.read',
    summary: 'The catalogue (B-01)',
    output: z.object({ services: z.array(output.service) }),
    run: listServices,
    refusals: {},
  }),
  command({
    endpoint: 'POST /v1/payers',
    permission: 'catalogue.manage',
    summary: 'Add a payer (B-01)',
    body: input.payerBody,
    output: output.payer,
    status: 201,
    run: createPayer,
    refusals: { payer_number_taken: 409 },
  }),
  command({
    endpoint: 'POST /v1/payers/:id/plans',
    permission: 'catalogue.manage',
    summary: 'Add a plan to its payer (B-01)',
    params: input.byId,
    body: input.planBody,
    output: output.payer,
    status: 201,
    run: addPlan,
    refusals: { not_found: 404, plan_exists: 409 },
  }),
  query({
    endpoint: 'GET /v1/payers',
    permission: 'catalogue.read',
    summary: 'Payers with their plans (B-01)',
    output: z.object({ payers: z.array(output.payer) }),
    run: listPayers,
    refusals: {},
  }),
  command({
    endpoint: 'POST /v1/rendering-providers',
    permission: 'catalogue.manage',
    summary: 'Add a rendering provider, linked to a practitioner or not (B-01)',
    body: input.renderingProviderBody,
    output: output.renderingProvider,
    status: 201,
    run: createRenderingProvider,
    refusals: { npi_taken: 409, practitioner_linked: 409 },
  }),
  command({
    endpoint: 'PUT /v1/rendering-providers/:id',
    permission: 'catalogue.manage',
    summary: 'Replace a rendering provider, with the practitioner it is linked to (B-01)',
    params: input.byId,
    body: input.renderingProviderChange,
    output: output.renderingProvider,
    ifMatch: 'required',
    run: changeRenderingProvider,
    refusals: { not_found: 404, npi_taken: 409, practitioner_linked: 409 },
  }),
  query({
    endpoint: 'GET /v1/rendering-providers',
    permission: 'catalogue.read',
    summary: 'Rendering providers (B-01)',
    output: z.object({ renderingProviders: z.array(output.renderingProvider) }),
    run: listRenderingProviders,
    refusals: {},
  }),
]
