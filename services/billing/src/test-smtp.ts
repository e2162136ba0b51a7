import type { ReceivedEmail } from '@praxisbus/testing'

/** The attached PDF of a message. */
export function attachedPdf({ raw }: ReceivedEmail): Buffer {
  const part = raw.slice(raw.indexOf('Content-Type: application/pdf'))
  const body = part.slice(part.indexOf('\r\n\r\n') + 4)
  return Buffer.from(body.slice(0, body.indexOf('\r\n--')), 'base64')
}
