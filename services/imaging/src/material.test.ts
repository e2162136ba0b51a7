import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { newId } from '@praxisbus/runtime/ids.ts'
import { testFolder } from '@praxisbus/testing'
import sharp from 'sharp'
import { isUnreadable, openDecoder } from './adapters/decoder.ts'
import { openFolderStore } from './adapters/folder-store.ts'
import { defaultLimits } from './config.ts'
import { checkFile } from './domain/file-type.ts'

/** Scans, broken files and attacks that others collected; they stay outside of the repository. */
const scans = fileURLToPath(new URL('../../../../shared/material/open/scans', import.meta.url))
const ifThere = existsSync(scans) ? test : test.skip
const note = existsSync(scans) ? '' : ' (skipped: the outside material is not there)'

const REFUSED: Readonly<Record<string, RegExp>> = {
  corrupt_file: new RegExp(
    [
      'old-style-jpeg',
      'corrupt-header|truncated|hopper_bad_exif',
      'ocrmypdf__invalid|broken.png|broken_data',
      'libtiff_segfault|frame_loop|seek_too_large',
      'Pages-tree-refs|REDHAT|bug1980958|poppler-742',
      'pillow__crash|pillow__oom|decompression_dos',
    ].join('|'),
  ),
  encrypted_file: /encrypted|password-is/,
  unsupported_file: /malformedXFA|livecycle/,
  file_too_large: /hugemono/,
  disguised_file: /invalid_pdf|1016garbage|efail-tiny|js-annots|js-stream/,
}
const PAGES: readonly [name: RegExp, count: number][] = [
  [
    /G31D_MULTI|testTIFF_multipage|double-sided-even|test_with_bom|single-page-mixed|duplicate_xref|evaljs/,
    2,
  ],
  [
    /3small|multi-page-images|multi-page-digital|g4-multi|pillow__multipage(_out_of_order)?\.tiff|total-pages-zero|patch-code/,
    3,
  ],
  [/double-sided-odd|barcode-fax|doc_actions/, 3],
  [/paperless-ngx__rotated/, 4],
  [/ocrmypdf__multipage|multi-page-mixed/, 6],
  [/split-by-asn/, 10],
  [/testPDF_bad_page/, 19],
]
const TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  pdf: 'application/pdf',
}

const store = openFolderStore(await testFolder('material'))
const decoder = openDecoder(defaultLimits)

async function outcome(folder: string, name: string): Promise<string> {
  const file = readFileSync(join(scans, folder, name))
  const type = checkFile(file, { contentType: TYPES[name.split('.').at(-1)!.toLowerCase()], fileName: name })
  if (typeof type !== 'string') return type.refused
  const draft = await (await store).draft(newId())
  try {
    const pages = await decoder.decode({ folder: draft.folder, source: await draft.add(file), type })
    return isUnreadable(pages) ? pages.refused : `${pages.length}`
  } finally {
    await draft.close()
  }
}

function expected(name: string): string {
  const refusal = Object.entries(REFUSED).find(([, pattern]) => pattern.test(name))
  return refusal?.[0] ?? String(PAGES.find(([pattern]) => pattern.test(name))?.[1] ?? 1)
}

ifThere.each(['ok', 'corrupt', 'malicious', 'healthcare-documents', 'orientation'])(
  `I-04 outside files in %s are taken page by page, or refused whole with the reason${note}`,
  async (folder) => {
    const names = readdirSync(join(scans, folder)).filter((name) => /\.(jpg|png|tiff?|pdf)$/i.test(name))
    const found: Record<string, string> = {}
    // Two at once, as many as the decoder takes without waiting.
    const rest = [...names]
    const work = async () => {
      for (let name = rest.pop(); name; name = rest.pop()) found[name] = await outcome(folder, name)
    }
    await Promise.all([work(), work()])
    expect(found).toEqual(Object.fromEntries(names.map((name) => [name, expected(name)])))
  },
  180_000,
)

ifThere.each(['lovell__Landscape_3', 'lovell__Landscape_6', 'lovell__Landscape_8'])(
  `I-04 %s is turned as its maker shows it${note}`,
  async (name) => {
    const shown = join(scans, 'orientation/expected-sharp', `${name.replace('lovell__', '')}-out.jpg`)
    const draft = await (await store).draft(newId())
    const source = await draft.add(readFileSync(join(scans, 'orientation', `${name}.jpg`)))
    const pages = await decoder.decode({ folder: draft.folder, source, type: 'image/jpeg' })
    if (isUnreadable(pages)) throw new Error(pages.detail)
    const small = (path: string) => sharp(path).resize(32, 24, { fit: 'fill' }).greyscale().raw().toBuffer()
    const [ours, theirs] = await Promise.all([
      small(join(draft.folder, pages[0]!.thumbnailSha256)),
      small(shown),
    ])
    await draft.close()
    const difference =
      ours.reduce((sum, value, index) => sum + Math.abs(value - theirs[index]!), 0) / ours.length
    expect(difference).toBeLessThan(12)
  },
)
