import { z } from 'zod'

/** Pieces of requests and answers that several routes share. */
export const byId = z.strictObject({ id: z.uuid() })

export const batchType = z.enum(['charge', 'payment'])
export const batchStatus = z.enum(['open', 'submitted', 'indexed'])

const image = z.object({
  imageId: z.uuid(),
  position: z.int().describe('Place in its image set, from 1'),
  pageNumber: z.int().describe('Page of the file it came in, from 1'),
  widthPx: z.int(),
  heightPx: z.int(),
  sha256: z.string().describe('Over the upright page: the same page has the same hash in any format'),
  blank: z.boolean(),
  duplicateOf: z.uuid().nullable().describe('An earlier image with the same page'),
})

export const importedImages = z.object({
  scanBatchId: z.uuid(),
  imageSetId: z.uuid(),
  contentType: z.string(),
  fileName: z.string().nullable(),
  fileSha256: z.string(),
  images: z.array(image),
  version: z.int().describe('Of the scan batch'),
})

const batch = {
  scanBatchId: z.uuid(),
  practiceId: z.uuid(),
  description: z.string().nullable(),
  type: batchType,
  status: batchStatus,
  locationId: z.uuid().nullable(),
  dateOfService: z.iso.date().nullable(),
  chargeReceivedDate: z.iso.date().nullable(),
  payerId: z.uuid().nullable(),
  planId: z.uuid().nullable(),
  createdAt: z.iso.datetime(),
  version: z.int(),
}

export const scanBatch = z.object({
  ...batch,
  imageSets: z.array(
    z.object({
      imageSetId: z.uuid(),
      position: z.int(),
      images: z.array(image.extend({ fileName: z.string().nullable(), contentType: z.string() })),
    }),
  ),
})

export const scanBatchList = z.object({
  items: z.array(z.object({ ...batch, imageSetCount: z.int(), imageCount: z.int() })),
  next: z.uuid().nullable().describe('Send it as `after` for the next page; null: this was the last'),
})

export type ScanBatchView = z.output<typeof scanBatch>
export type ScanBatchList = z.output<typeof scanBatchList>
export type ImportedImages = z.output<typeof importedImages>
