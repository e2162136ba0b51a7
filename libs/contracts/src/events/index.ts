import type { EventContract } from '../event.ts'
import * as billing from './billing.ts'
import * as ehr from './ehr.ts'
import * as imaging from './imaging.ts'
import * as scheduler from './scheduler.ts'

export * from './billing.ts'
export * from './ehr.ts'
export * from './imaging.ts'
export * from './scheduler.ts'

/** Every fact of the system, in the order of the services. Topics, schemas and AsyncAPI are made from this list. */
export const EVENTS: readonly EventContract[] = [scheduler, ehr, billing, imaging].flatMap((owner) =>
  Object.values(owner),
)
