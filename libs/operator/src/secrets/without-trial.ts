import { UsageError } from '../command-line.ts'

/**
 * Without the trial its sign-in and its mail server are gone. The services would become healthy all the same, let nobody in, and
 * hold every email back. Refuses (UsageError), all faults at once.
 */
export function mustStandWithoutTrial(env: Readonly<Record<string, string | undefined>>): void {
  if (env.PRAXISBUS_TRIAL !== '0') return
  const faults = [
    ...(env.OIDC_ISSUER ? [] : ['OIDC_ISSUER: who signs people in']),
    ...(env.SMTP_GIVEN ? [] : ['SMTP_URL: who takes emails; with nothing behind the = they wait']),
  ]
  if (faults.length > 0)
    throw new UsageError(
      `PRAXISBUS_TRIAL=0 leaves out the trial; .env must say instead ${faults.join('; ')}.`,
    )
}
