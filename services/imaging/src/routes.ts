import { command, query, type Route } from '@praxisbus/runtime'
import type { Decoder } from './adapters/decoder.ts'
import type { ObjectStore } from './adapters/object-store.ts'
import { addImageSet } from './commands/add-image-set.ts'
import { createScanBatch, newScanBatch } from './commands/create-scan-batch.ts'
import { importImages, importQuery } from './commands/import-images.ts'
import { FILE_TYPES } from './domain/file-type.ts'
import { byId, importedImages, scanBatch, scanBatchList } from './domain/input.ts'
import { getDeepZoom, getOriginal, getThumbnail, getTile, tilePlace } from './queries/get-image.ts'
import { getScanBatch } from './queries/get-scan-batch.ts'
import { listQuery, listScanBatches } from './queries/list-scan-batches.ts'

export interface RouteParts {
  readonly store: ObjectStore
  readonly decoder: Decoder
  readonly maxFileBytes: number
}

/** Table of contents: HTTP -> command or query, refusal -> status. */
export function routes(parts: RouteParts): Route[] {
  return [...batchRoutes(), importRoute(parts), ...imageRoutes(parts.store)]
}

function batchRoutes(): Route[] {
  return [
    command({
      endpoint: 'POST /v1/scan-batches',
      permission: 'scan.write',
      summary: 'Create a scan batch with its first image set (I-01)',
      body: newScanBatch,
      practiceField: 'practiceId',
      output: scanBatch,
      status: 201,
      refusals: {
        imaging_not_in_use: 409,
        field_of_other_type: 422,
        unknown_record: 422,
        inactive_record: 422,
        plan_without_payer: 422,
        plan_of_other_payer: 422,
        date_out_of_range: 422,
      },
      run: createScanBatch,
    }),
    query({
      endpoint: 'GET /v1/scan-batches',
      permission: 'scan.read',
      summary: 'Scan batches, newest first (I-02)',
      query: listQuery,
      output: scanBatchList,
      refusals: {},
      run: listScanBatches,
    }),
    query({
      endpoint: 'GET /v1/scan-batches/:id',
      permission: 'scan.read',
      summary: 'A scan batch with its image sets and images (I-02)',
      params: byId,
      output: scanBatch,
      refusals: { scan_batch_not_found: 404 },
      run: getScanBatch,
    }),
    command({
      endpoint: 'POST /v1/scan-batches/:id/image-sets',
      permission: 'scan.write',
      summary: 'Add an empty image set to a batch (I-03)',
      params: byId,
      output: scanBatch,
      status: 201,
      refusals: { scan_batch_not_found: 404, batch_not_open: 409, batch_full: 409 },
      run: addImageSet,
    }),
  ]
}

function importRoute({ store, decoder, maxFileBytes }: RouteParts): Route {
  return command({
    endpoint: 'POST /v1/image-sets/:id/images',
    permission: 'scan.write',
    summary: 'Import a file: each page becomes an image (I-04)',
    params: byId,
    query: importQuery,
    file: { types: FILE_TYPES, maxBytes: maxFileBytes, enter: () => decoder.enter() },
    output: importedImages,
    status: 201,
    refusals: {
      image_set_not_found: 404,
      batch_not_open: 409,
      batch_full: 409,
      empty_file: 400,
      disguised_file: 415,
      corrupt_file: 422,
      encrypted_file: 422,
      unsupported_file: 422,
      file_too_large: 413,
      file_too_slow: 422,
    },
    ...importImages({ store, decoder }),
  })
}

function imageRoutes(store: ObjectStore): Route[] {
  const image = { permission: 'scan.read', params: byId, output: 'binary' } as const
  return [
    query({
      ...image,
      endpoint: 'GET /v1/images/:id/original',
      summary: 'The file an image came in, byte for byte',
      refusals: { image_not_found: 404 },
      run: getOriginal(store),
    }),
    query({
      ...image,
      endpoint: 'GET /v1/images/:id/thumbnail',
      summary: 'An image as a JPEG of at most 320 × 320 pixels',
      refusals: { image_not_found: 404 },
      run: getThumbnail(store),
    }),
    query({
      ...image,
      endpoint: 'GET /v1/images/:id/dzi',
      summary: 'Size and place of an image’s deep-zoom tiles',
      refusals: { image_not_found: 404 },
      run: getDeepZoom(),
    }),
    query({
      ...image,
      endpoint: 'GET /v1/images/:id/tiles/:level/:tile',
      params: tilePlace,
      summary: 'A deep-zoom tile, column_row.jpeg',
      refusals: { image_not_found: 404, tile_not_found: 404 },
      run: getTile(store),
    }),
  ]
}
