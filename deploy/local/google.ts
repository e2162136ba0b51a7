import { type GoogleServer, startGoogle } from '@praxisbus/testing/google/server.ts'
import type { Practice } from './practice/folder.ts'
import type { GoogleSettings } from './services.ts'

/** Of a practitioner of the practice folder, by their key. */
export const calendarIdOf = (practitioner: string) => `${practitioner}@google.example`

/**
 * A stand-in that speaks Calendar API v3 and Google's sign-in, with a calendar for each practitioner: consent is given by
 * whoever asks, and nothing leaves this machine.
 */
export async function startGoogleStandIn(
  { url, clientId, clientSecret }: GoogleSettings,
  { about }: Practice,
  file: string,
): Promise<GoogleServer> {
  const google = await startGoogle({ port: Number(new URL(url).port), clientId, clientSecret, file })
  for (const { key } of about.practitioners) google.calendar(calendarIdOf(key), about.timeZone)
  return google
}
