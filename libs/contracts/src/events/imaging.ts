import { z } from 'zod'
import { defineEvent } from '../event.ts'
import { date, id, instant } from '../fields.ts'

const owner = 'imaging' as const

export const ScanBatchCreated = defineEvent({
  topic: 'scan-batch.created',
  version: 1,
  owner,
  aggregate: 'scan-batch',
  description: 'A scan batch was created (I-01).',
  data: z.object({
    scanBatchId: id,
    description: z.string().nullable(),
    type: z.enum(['charge', 'payment']),
    locationId: id.nullable(),
    dateOfService: date.nullable(),
    chargeReceivedDate: date.nullable(),
    payerId: id.nullable(),
    planId: id.nullable(),
    createdAt: instant,
  }),
})

export const ImagesImported = defineEvent({
  topic: 'images.imported',
  version: 1,
  owner,
  aggregate: 'scan-batch',
  description: 'A file was imported into an image set; each page became an image (I-04).',
  data: z.object({
    scanBatchId: id,
    imageSetId: id,
    importedAt: instant,
    images: z.array(
      z.object({
        imageId: id,
        sha256: z
          .string()
          .describe(
            'Over the upright page as decoded: the same page has the same hash in any lossless format',
          ),
        widthPx: z.int(),
        heightPx: z.int(),
        duplicateOf: id.nullable().describe('An earlier image with the same page'),
      }),
    ),
  }),
})
