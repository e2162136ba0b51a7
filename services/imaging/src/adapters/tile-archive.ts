/**
 * The deep-zoom tiles of a page are one object: a zip without compression, as libvips writes it. (A file for each tile
 * would be some hundred objects a page, and as many small writes.)
 */
export const TILE_FORMAT = {
  layout: 'dz',
  container: 'zip',
  size: 254,
  overlap: 1,
  basename: 'page',
} as const

const END_BYTES = 22
const ENTRY_BYTES = 46
const LOCAL_BYTES = 30
const STORED = 0

/** The JPEG at this place; undefined where the pyramid has none. Level 0 is one pixel (Deep Zoom: 2^level). */
export function tileOf(archive: Buffer, level: number, column: number, row: number): Buffer | undefined {
  const wanted = `page_files/${level}/${column}_${row}.jpeg`
  const end = archive.length - END_BYTES
  let at = archive.readUInt32LE(end + 16)
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = archive.readUInt16LE(at + 28)
    if (archive.toString('latin1', at + ENTRY_BYTES, at + ENTRY_BYTES + nameLength) === wanted)
      return content(archive, at)
    at += ENTRY_BYTES + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32)
  }
  return undefined
}

function content(archive: Buffer, entry: number): Buffer {
  if (archive.readUInt16LE(entry + 10) !== STORED) throw new Error('a tile archive is not compressed')
  const local = archive.readUInt32LE(entry + 42)
  const start = local + LOCAL_BYTES + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28)
  return archive.subarray(start, start + archive.readUInt32LE(entry + 24))
}

/** The page as a viewer asks for it first (schemas.microsoft.com/deepzoom/2008). */
export function deepZoomXml(page: { widthPx: number; heightPx: number; tilesUrl: string }): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" Url="${page.tilesUrl}" Format="jpeg" Overlap="${TILE_FORMAT.overlap}" TileSize="${TILE_FORMAT.size}">
  <Size Width="${page.widthPx}" Height="${page.heightPx}"/>
</Image>
`
}
