import type { UnreadableFile } from '../../domain/unreadable-file.ts'
import type { DecodeJob } from '../decoder.ts'

/** An upright page, 3 bytes (sRGB) a pixel. */
export interface PagePixels {
  readonly widthPx: number
  readonly heightPx: number
  readonly rgb: Buffer
}

export type PageReader = (file: Buffer, job: DecodeJob) => AsyncGenerator<PagePixels | UnreadableFile>
