import { createHmac } from 'node:crypto'

/** Stripe's scheme: `t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>">`. https://docs.stripe.com/webhooks#verify-manually */
export function signatureOf(body: string, secret: string, atSeconds: number): string {
  const mac = createHmac('sha256', secret).update(`${atSeconds}.${body}`).digest('hex')
  return `t=${atSeconds},v1=${mac}`
}
