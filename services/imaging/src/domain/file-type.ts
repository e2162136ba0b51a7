import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'

export const FILE_TYPES = ['image/jpeg', 'image/png', 'image/tiff', 'application/pdf'] as const
export type FileType = (typeof FILE_TYPES)[number]

const EXTENSIONS: Readonly<Record<string, FileType>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  jpe: 'image/jpeg',
  jfif: 'image/jpeg',
  png: 'image/png',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  pdf: 'application/pdf',
}

const SIGNATURES: readonly (readonly [FileType, readonly number[]])[] = [
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/tiff', [0x49, 0x49, 0x2a, 0x00]],
  ['image/tiff', [0x4d, 0x4d, 0x00, 0x2a]],
  ['image/tiff', [0x49, 0x49, 0x2b, 0x00]],
  ['image/tiff', [0x4d, 0x4d, 0x00, 0x2b]],
]

/** A byte-order mark or white space may stand before it: editors and mail gateways put them there. */
const PDF_START = /^(?:\u00ef\u00bb\u00bf)?[\t\n\f\r ]{0,16}%PDF-[12]\.[0-9]/

/**
 * What a file is, by its first bytes alone. Acrobat finds a PDF behind a kilobyte of anything; a file that is two things at
 * once is made that way, so here the PDF must come first.
 */
export function recognise(file: Uint8Array): FileType | undefined {
  const found = SIGNATURES.find(([, signature]) => signature.every((byte, at) => file[at] === byte))
  if (found) return found[0]
  return PDF_START.test(Buffer.from(file.subarray(0, 32)).toString('latin1')) ? 'application/pdf' : undefined
}

/** The type of a file that says what it is, or the refusal of one that is empty, unknown or disguised (I-04). */
export function checkFile(
  file: Uint8Array | undefined,
  declared: { readonly contentType?: string; readonly fileName?: string | null },
): FileType | Refusal<'empty_file' | 'disguised_file'> {
  if (!file?.length) {
    return refuse('empty_file', {
      field: 'body',
      detail: 'The request carries no file.',
      next: 'Send the bytes of one file as the body.',
    })
  }
  const type = recognise(file)
  const extension = declared.fileName?.split('.').at(-1)?.toLowerCase() ?? ''
  const claims: readonly [field: string, claim: string | undefined][] = [
    ['Content-Type', declared.contentType?.replace(/;.*/s, '').trim().toLowerCase()],
    ['fileName', EXTENSIONS[extension]],
  ]
  for (const [field, claim] of claims) {
    if (claim && claim !== type)
      return disguised(field, `It is declared as ${claim}, but its content is ${type ?? 'not'}.`)
  }
  return type ?? disguised('body', 'Its content is none of JPEG, PNG, TIFF and PDF.')
}

function disguised(field: string, detail: string): Refusal<'disguised_file'> {
  return refuse('disguised_file', {
    field,
    detail,
    next: 'Send a JPEG, PNG, TIFF or PDF file under its own type and name.',
  })
}

/** The name without folders and without characters that do not print; null where nothing is left. */
export function cleanFileName(name: string | undefined): string | null {
  const last = (name ?? '').split(/[/\\]/).at(-1)!
  return last.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').trim() || null
}
