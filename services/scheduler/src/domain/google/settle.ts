/** Since both sides last agreed. unfit: changed into what an appointment cannot be (longer than 24 hours). */
export type Here = 'same' | 'changed' | 'gone'
export type There = 'same' | 'changed' | 'gone' | 'unfit'

export interface Sides {
  /** outside: made in Google. busy-block: ours, without a patient. visit: ours, of a patient. */
  readonly of: 'outside' | 'busy-block' | 'visit'
  readonly here: Here
  readonly there: There
  /** When each was last changed, where that is known. */
  readonly hereAt: string | null
  readonly thereAt: string | null
  /** Whether the change there is one of time, not of words alone. */
  readonly movedThere: boolean
}

/**
 * nothing: both agree, or somebody has been asked. write: Google gets what we have. take: we get what Google has. adopt: what we
 * deleted and Google changed later is an outside event from now on. propose: a person here says yes or no.
 */
export type Outcome = 'nothing' | 'write' | 'take' | 'adopt' | 'propose' | 'write-and-propose'

/**
 * S-19: who wins. Google for outside events; ours for visits, and what was done to one there is proposed; for busy blocks the
 * later change, at equal times ours. docs/decisions/0016-google-calendar.md has the table.
 */
export function settle(sides: Sides): Outcome {
  switch (sides.of) {
    case 'outside':
      return sides.here === 'same' && sides.there === 'same' ? 'nothing' : 'take'
    case 'visit':
      return settleVisit(sides)
    case 'busy-block':
      return settleBusyBlock(sides)
  }
}

function settleVisit({ here, there, movedThere }: Sides): Outcome {
  if (here === 'gone') return there === 'gone' ? 'nothing' : 'write'
  if (there === 'same') return here === 'same' ? 'nothing' : 'write'
  const proposed = there === 'gone' || (there === 'changed' && movedThere)
  if (here === 'changed') return proposed ? 'write-and-propose' : 'write'
  return proposed ? 'propose' : 'write'
}

function settleBusyBlock(sides: Sides): Outcome {
  const { here, there } = sides
  if (there === 'unfit') return 'write'
  if (there === 'same') return here === 'same' ? 'nothing' : 'write'
  if (here === 'same') return 'take'
  if (here === 'gone') return there === 'gone' ? 'nothing' : laterThere(sides) ? 'adopt' : 'write'
  return laterThere(sides) ? 'take' : 'write'
}

/** Where either time is not known, ours stands. */
function laterThere({ hereAt, thereAt }: Sides): boolean {
  return hereAt !== null && thereAt !== null && Temporal.Instant.compare(thereAt, hereAt) > 0
}
