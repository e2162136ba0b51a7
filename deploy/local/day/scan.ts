import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Scene } from './scene.ts'

export interface PlayedScan {
  readonly scanBatchId: string
  /** Pages that the import said it took. */
  readonly pages: number
}

/** I-01, I-04: a payment batch with one imported image set. */
export async function importScan({ desk, people, practice, ids, say }: Scene): Promise<PlayedScan> {
  const { scan, about } = practice
  say(`importing ${basename(scan.path)}`)
  const { body: batch } = await desk.post(people.biller, 'imaging', '/v1/scan-batches', {
    type: 'payment',
    description: about.scan.description,
    payerId: ids.payers.get(about.scan.payer),
    planId: ids.plans.get(`${about.scan.payer}/${about.scan.plan}`),
  })
  const path = `/v1/image-sets/${batch.imageSets[0].imageSetId}/images?fileName=${encodeURIComponent(basename(scan.path))}`
  const imported = await desk.postFile(
    people.biller,
    'imaging',
    path,
    readFileSync(scan.path),
    scan.contentType,
  )
  return { scanBatchId: batch.scanBatchId, pages: imported.body.images.length }
}
