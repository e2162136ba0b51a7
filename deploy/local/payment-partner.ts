import { type StripeServer, startStripe } from '@praxisbus/testing/stripe/server.ts'
import type { PaymentPartnerSettings } from './services.ts'

/** A stand-in that speaks Stripe's protocol: links are made, a page pays them with a button, and no money moves. */
export function startPaymentPartner(
  { url, apiKey, webhookSecret }: PaymentPartnerSettings,
  options: { readonly file: string; readonly webhookUrl: string },
): Promise<StripeServer> {
  return startStripe({ port: Number(new URL(url).port), apiKey, webhookSecret, anyAccount: true, ...options })
}
