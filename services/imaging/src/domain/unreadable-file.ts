import { type Refusal, refuse } from '@praxisbus/runtime/refusal.ts'

/** Why a file is refused whole (I-04): the pages that could be read are not kept either. */
export type UnreadableFile = Refusal<
  'corrupt_file' | 'encrypted_file' | 'unsupported_file' | 'file_too_large' | 'file_too_slow'
>

export function corruptFile(why: string, page?: number): UnreadableFile {
  return refuse('corrupt_file', {
    field: 'body',
    detail:
      page === undefined
        ? `The file cannot be read. ${why}`
        : `Page ${page} of the file cannot be read. ${why}`,
    next: 'Get the file again from where it came, or scan the pages anew; nothing of it was kept.',
    ...(page === undefined ? {} : { extra: { page } }),
  })
}

export function tooLarge(why: string): UnreadableFile {
  return refuse('file_too_large', {
    field: 'body',
    detail: why,
    next: 'Split the file, or scan at a lower resolution; nothing of it was kept.',
  })
}

export function tooSlow(seconds: number): UnreadableFile {
  return refuse('file_too_slow', {
    field: 'body',
    detail: `The file could not be read within ${seconds} s.`,
    next: 'Split the file into smaller ones; nothing of it was kept.',
  })
}

export function encryptedFile(): UnreadableFile {
  return refuse('encrypted_file', {
    field: 'body',
    detail: 'The PDF is encrypted and asks for a password.',
    next: 'Save it without a password and import it again; nothing of it was kept.',
  })
}

export function unsupportedFile(why: string): UnreadableFile {
  return refuse('unsupported_file', {
    field: 'body',
    detail: why,
    next: 'Open it where it can be seen, print it to a PDF, and import that; nothing of it was kept.',
  })
}
