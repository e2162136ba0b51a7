/** Why Google did not do what was asked. */
export interface GoogleFailure {
  readonly failed:
    | 'away' // no answer, or one that is Google's own fault
    | 'busy' // too many requests
    | 'reconnect' // the consent is gone
    | 'full-sync' // the sync token is of no use any more
    | 'conflict' // somebody else wrote meanwhile
    | 'gone' // not there, or deleted
    | 'duplicate' // the id is taken
    | 'refused' // for good
  readonly message: string
  readonly retryAfterSeconds?: number
}

export function isGoogleFailure(value: unknown): value is GoogleFailure {
  return typeof value === 'object' && value !== null && 'failed' in value
}

const FIRST_WAIT_SECONDS = 5
const LONGEST_WAIT_SECONDS = 60 * 60

/** `attempts`: failures in a row, this one included. `chance`, 0 to 1, keeps those that failed together from coming together. */
export function waitSeconds(attempts: number, failure: GoogleFailure, chance: number): number {
  const grown = Math.min(FIRST_WAIT_SECONDS * 2 ** Math.min(attempts - 1, 20), LONGEST_WAIT_SECONDS)
  const spread = grown * (0.5 + chance / 2)
  return Math.max(spread, Math.min(failure.retryAfterSeconds ?? 0, 24 * LONGEST_WAIT_SECONDS))
}
