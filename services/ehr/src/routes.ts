import type { Route } from '@praxisbus/runtime'
import type { Billing } from './adapters/billing.ts'
import { encounterRoutes } from './routes/encounters.ts'
import { noteRoutes } from './routes/notes.ts'
import { templateRoutes } from './routes/templates.ts'

/** Table of contents: HTTP -> command or query, refusal -> status. */
export function routes(peers: { readonly billing: Billing }): Route[] {
  return [...templateRoutes, ...encounterRoutes, ...noteRoutes(peers)]
}
