import { fields } from '@praxisbus/contracts'
import { z } from 'zod'

/** Pieces of requests and answers that several routes share. */
export const byId = z.strictObject({ id: fields.id })

export const batchType = z.enum(['charge', 'payment'])
export const batchStatus = z.enum(['open', 'submitted', 'indexed'])

const image = z.object({
  imageId: fields.id,
  position: z.int().describe('Place in its image set, from 1'),
  pageNumber: z.int().describe('Page of the file it came in, from 1'),
  widthPx: z.int(),
  heightPx: z.int(),
  sha256: z.string().describe('Over the upright page: the same page has the same hash in any format'),
  blank: z.boolean(),
  duplicateOf: fields.id.nullable().describe('An earlier image with the same page'),
})

export const importedImages = z.object({
  scanBatchId: fields.id,
  imageSetId: fields.id,
  contentType: z.string(),
  fileName: z.string().nullable(),
  fileSha256: z.string(),
  images: z.array(image),
  version: z.int().describe('Of the scan batch'),
})

const batch = {
  scanBatchId: fields.id,
  practiceId: fields.id,
  description: z.string().nullable(),
  type: batchType,
  status: batchStatus,
  locationId: fields.id.nullable(),
  dateOfService: z.iso.date().nullable(),
  chargeReceivedDate: z.iso.date().nullable(),
  payerId: fields.id.nullable(),
  planId: fields.id.nullable(),
  createdAt: z.iso.datetime(),
  version: z.int(),
}

export const scanBatch = z.object({
  ...batch,
  imageSets: z.array(
    z.object({
      imageSetId: fields.id,
      position: z.int(),
      images: z.array(image.extend({ fileName: z.string().nullable(), contentType: z.string() })),
    }),
  ),
})

export const scanBatchList = z.object({
  items: z.array(z.object({ ...batch, imageSetCount: z.int(), imageCount: z.int() })),
  next: fields.id.nullable().describe('Send it as `after` for the next page; null: this was the last'),
})

export type ScanBatchView = z.output<typeof scanBatch>
export type ScanBatchList = z.output<typeof scanBatchList>
export type ImportedImages = z.output<typeof importedImages>
