import { fields } from '@praxisbus/contracts'
import { isRefusal, type RpcTable, rpcMethod } from '@praxisbus/runtime'
import { z } from 'zod'
import { getScanBatch } from './queries/get-scan-batch.ts'

/** Table of contents: gRPC method -> query. */
export const rpc: RpcTable = {
  proto: 'imaging.proto',
  service: 'praxisbus.imaging.v1.Imaging',
  methods: {
    GetScanBatch: rpcMethod({
      permission: 'scan.read',
      input: z.object({ scanBatchId: fields.id }),
      refusals: { scan_batch_not_found: 'NOT_FOUND' },
      run: async (ctx, { scanBatchId }) => {
        const batch = await getScanBatch(ctx, { id: scanBatchId })
        if (isRefusal(batch)) return batch
        const { type, status, version, imageSets } = batch
        return {
          scanBatchId: batch.scanBatchId,
          type,
          status,
          version,
          imageSets: imageSets.map(({ imageSetId, images }) => ({
            imageSetId,
            images: images.map(({ imageId, sha256, widthPx, heightPx }) => ({
              imageId,
              sha256,
              widthPx,
              heightPx,
            })),
          })),
        }
      },
    }),
  },
}
