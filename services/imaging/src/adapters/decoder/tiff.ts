/**
 * Number of pages in a TIFF or BigTIFF (TIFF 6.0, section 2: a chain of directories), counted up to `most` + 1. Undefined
 * where the chain is empty, bends back or leaves the file: libtiff would leave out the pages behind that point and say
 * nothing.
 */
export function countTiffPages(file: Buffer, most: number): number | undefined {
  const read = reader(file)
  const seen = new Set<number>()
  try {
    let at = read.firstDirectory
    while (at !== 0) {
      if (seen.has(at)) return undefined
      seen.add(at)
      if (seen.size > most) return seen.size
      at = read.next(at)
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
  return seen.size || undefined
}

/** Its reads throw RangeError beyond the end of the file. */
function reader(file: Buffer) {
  const little = file[0] === 0x49
  const u16 = (at: number) => (little ? file.readUInt16LE(at) : file.readUInt16BE(at))
  const u32 = (at: number) => (little ? file.readUInt32LE(at) : file.readUInt32BE(at))
  const u64 = (at: number) => Number(little ? file.readBigUInt64LE(at) : file.readBigUInt64BE(at))
  const big = u16(2) === 43
  return big
    ? { firstDirectory: u64(8), next: (at: number) => u64(at + 8 + u64(at) * 20) }
    : { firstDirectory: u32(4), next: (at: number) => u32(at + 2 + u16(at) * 12) }
}
