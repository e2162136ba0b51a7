import { existsSync, readFileSync } from 'node:fs'
import { writeWhole } from '../ground/whole-file.ts'
import type { CalendarContent } from './calendar.ts'
import type { State } from './calls.ts'

/** What a server that is started again has to know. Access tokens and channels are not among it: they run out anyway. */
interface Kept {
  readonly calendars: readonly ({ readonly id: string; readonly timeZone: string } & CalendarContent)[]
  readonly refreshTokens: readonly string[]
}

export function readKept(file: string): Kept | undefined {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

export function keep({ calendars, oauth }: State, file: string): void {
  const kept: Kept = {
    calendars: [...calendars.values()].map((calendar) => ({
      id: calendar.id,
      timeZone: calendar.timeZone,
      ...calendar.content(),
    })),
    refreshTokens: oauth.refreshTokens(),
  }
  writeWhole(file, `${JSON.stringify(kept)}\n`)
}
