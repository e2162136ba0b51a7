import { inflateSync } from 'node:zlib'

const SIGNATURE_BYTES = 8
/** Length, type and checksum around the data of a chunk. */
const CHUNK_FRAME_BYTES = 12
/** As much text or colour profile as a picture may bring along, unpacked; a profile for print has some 2 MiB. */
const MAX_UNPACKED_BYTES = { zTXt: 1024 ** 2, iTXt: 1024 ** 2, iCCP: 4 * 1024 ** 2 } as const

/**
 * What is wrong with a PNG that libpng would let pass: it does not mind a missing end (RFC 2083, IEND), nor a comment
 * that unpacks to gigabytes in the viewer of whoever opens the original.
 */
export function pngFault(file: Buffer): string | undefined {
  let at = SIGNATURE_BYTES
  while (at + CHUNK_FRAME_BYTES <= file.length) {
    const length = file.readUInt32BE(at)
    const type = file.toString('latin1', at + 4, at + 8)
    const end = at + CHUNK_FRAME_BYTES + length
    if (end > file.length) break
    if (type === 'IEND') return undefined
    const limit = MAX_UNPACKED_BYTES[type as keyof typeof MAX_UNPACKED_BYTES]
    if (limit && unpacksBeyond(type, file.subarray(at + 8, end - 4), limit))
      return `Its ${type} part unpacks to more than ${limit} bytes.`
    at = end
  }
  return 'It is cut off: its end is missing.'
}

function unpacksBeyond(type: string, data: Buffer, limit: number): boolean {
  const start = packedStart(type, data)
  if (start === undefined) return data.length > limit
  try {
    inflateSync(data.subarray(start), { maxOutputLength: limit })
    return false
  } catch (error) {
    // Anything else wrong with it harms nobody: no part of the page is made from it.
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
  }
}

/** Where the packed data begin; undefined where the text is not packed. */
function packedStart(type: string, data: Buffer): number | undefined {
  const keywordEnd = data.indexOf(0)
  if (keywordEnd < 0) return undefined
  if (type !== 'iTXt') return keywordEnd + 2
  if (data[keywordEnd + 1] !== 1) return undefined
  const languageEnd = data.indexOf(0, keywordEnd + 3)
  const translationEnd = languageEnd < 0 ? -1 : data.indexOf(0, languageEnd + 1)
  return translationEnd < 0 ? undefined : translationEnd + 1
}
