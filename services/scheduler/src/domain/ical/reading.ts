import type { WallMs } from '../recurrence/calendar.ts'
import type { Component } from './components.ts'
import type { ZoneFound } from './zones.ts'

/** What an other-event says of itself. */
export interface What {
  readonly title: string
  readonly showAs: 'busy' | 'free'
  readonly additionalInstructions: string | null
}

/** What an event needs besides itself to be read. */
export interface Reading {
  /** For days and for times that name no zone. */
  readonly timeZone: string
  readonly zone: (tzid: string, year: number) => ZoneFound
  /** Of a text, the same for the same text; names what has no UID. */
  readonly digest: (text: string) => string
  readonly room: Room
}

/** Awaited between the events of a file: a large one takes a second, and others have requests. */
export type GiveWay = () => Promise<void> | undefined

/** What a whole file may still ask for: counted before it is computed, so that no file keeps the service busy. */
export interface Room {
  appointments: number
  dates: number
}

/** What became of something on its way, by a code and in words. */
export interface Note {
  readonly code: string
  readonly detail: string
  readonly property?: string
}

/** A time of an event: a wall time in a zone, to the minute. */
export interface Moment {
  readonly allDay: boolean
  readonly wall: WallMs
  readonly timeZone: string
  readonly ms: number
  readonly how: 'zone' | 'utc' | 'floating' | 'described'
}

/** A VEVENT with its times read. */
export interface ReadEvent {
  readonly uid: string
  readonly recurrenceId: Moment | null
  /** As the file writes it, with its zone: names the exception. */
  readonly recurrenceKey: string
  readonly sequence: number
  /** Of two with the same sequence the later one holds. */
  readonly stamp: string
  readonly line: number
  readonly component: Component
  readonly start: Moment
  /** In the zone of the start. */
  readonly endWall: WallMs
  readonly endMs: number
  readonly what: What
  readonly notes: Note[]
}
