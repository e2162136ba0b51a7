import { z } from 'zod'
import { defineEvent } from '../../event.ts'
import { cents, date, id, modifier } from '../../fields.ts'

const owner = 'billing' as const

export const ServiceChanged = defineEvent({
  topic: 'service.changed',
  version: 1,
  owner,
  aggregate: 'service',
  compacted: true,
  description: 'A service of the catalogue was added or changed (B-01, S-03).',
  data: z.object({
    serviceId: id,
    code: z.string(),
    description: z.string(),
    amountCents: cents.nullable(),
    lengthMinutes: z.int(),
    defaultModifiers: z.array(modifier),
    active: z.boolean(),
  }),
})

export const PayerChanged = defineEvent({
  topic: 'payer.changed',
  version: 1,
  owner,
  aggregate: 'payer',
  compacted: true,
  description: 'A payer, with all of its plans.',
  data: z.object({
    payerId: id,
    name: z.string(),
    payerNumber: z.string().nullable(),
    active: z.boolean(),
    plans: z.array(z.object({ planId: id, name: z.string(), active: z.boolean() })),
  }),
})

export const RenderingProviderChanged = defineEvent({
  topic: 'rendering-provider.changed',
  version: 1,
  owner,
  aggregate: 'rendering-provider',
  compacted: true,
  description: 'A rendering provider of billing, and the practitioner it is linked to.',
  data: z.object({
    renderingProviderId: id,
    practitionerId: id.nullable(),
    name: z.string(),
    npi: z.string(),
    active: z.boolean(),
  }),
})

export const CoverageChanged = defineEvent({
  topic: 'coverage.changed',
  version: 1,
  owner,
  aggregate: 'patient',
  compacted: true,
  description:
    'All coverages of a patient, in the order in which they are billed (B-01). The sequence counts changes of this list.',
  data: z.object({
    patientId: id,
    coverages: z.array(
      z.object({
        coverageId: id,
        payerId: id,
        planId: id.nullable(),
        memberId: z.string(),
        startsOn: date.nullable(),
        endsOn: date.nullable(),
      }),
    ),
  }),
})
