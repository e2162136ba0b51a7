/** What the mail server, or the way to it, said. */
export interface SendFailure {
  readonly message: string
  /** true: it will never take this message for this address, so asking again is of no use. */
  readonly permanent: boolean
}

export type AfterFailure =
  | { readonly status: 'queued'; readonly waitSeconds: number }
  | { readonly status: 'failed' }

/** Some 15 hours: a mail server that was down over night is found again. */
export const MAX_ATTEMPTS = 12
const FIRST_WAIT_SECONDS = 30
const LONGEST_WAIT_SECONDS = 2 * 60 * 60
const MAX_ERROR_LENGTH = 500

/** `attempts`: how many there were, the failed one included. */
export function afterFailure(attempts: number, failure: SendFailure): AfterFailure {
  if (failure.permanent || attempts >= MAX_ATTEMPTS) return { status: 'failed' }
  return {
    status: 'queued',
    waitSeconds: Math.min(FIRST_WAIT_SECONDS * 2 ** (attempts - 1), LONGEST_WAIT_SECONDS),
  }
}

export function shownError(message: string): string {
  return message.replace(/\s+/g, ' ').slice(0, MAX_ERROR_LENGTH)
}

/** Derived from the document, so that a repeated send is the same message to whoever gets it twice. */
export function messageIdOf(documentId: string, ordinal: number, from: string): string {
  const domain = /@([^>\s]+)>?\s*$/.exec(from)?.[1] ?? 'praxisbus.invalid'
  return `<${documentId}.${ordinal}@${domain}>`
}
