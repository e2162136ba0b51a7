import type { Content } from '../domain/google/content.ts'
import { meets, type Piece } from '../domain/google/pieces.ts'
import type { Connection } from './connections.ts'

const BACK_HOURS = 24
const AHEAD_DAYS = 366
/** Then all is read anew, for a window that reaches as far ahead again. */
const MOVED_EVERY_DAYS = 7

/** The time that is kept in step: from yesterday to a year ahead. */
export interface Window extends Piece {
  has(content: Pick<Content, 'startsAt' | 'endsAt'>): boolean
}

export function freshWindow(now: string): Window {
  const at = Temporal.Instant.from(now)
  const startsAt = at.subtract({ hours: BACK_HOURS }).round({ smallestUnit: 'second' }).toString()
  const endsAt = at
    .add({ hours: 24 * AHEAD_DAYS })
    .round({ smallestUnit: 'second' })
    .toString()
  return windowFrom({ startsAt, endsAt })
}

/** The one that the sync token was made for. */
export function windowOf({ windowStart, windowEnd, claimedAt }: Connection): Window {
  if (!windowStart || !windowEnd) return freshWindow(claimedAt)
  return windowFrom({ startsAt: windowStart, endsAt: windowEnd })
}

export function isOutdated({ windowEnd, claimedAt }: Connection): boolean {
  if (!windowEnd) return true
  const left = Temporal.Instant.from(windowEnd).since(claimedAt).total('hours')
  return left < 24 * (AHEAD_DAYS - MOVED_EVERY_DAYS)
}

function windowFrom(piece: Piece): Window {
  return { ...piece, has: (content) => meets(content, piece) }
}
