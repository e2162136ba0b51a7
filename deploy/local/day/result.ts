/** One figure of the day: what the owning service says, beside what was done. */
export interface Figure {
  readonly key: string
  readonly name: string
  /** The service, and how it was asked. */
  readonly owner: string
  readonly read: number | string
  readonly done: number | string
  readonly agrees: boolean
}

export interface RefusedDeletion {
  readonly appointment: string
  readonly code: string
  readonly detail: string
  readonly next: string
}

/** Begins a step of the day; what is returned says what came of it. */
export type Told = (step: string) => (result: string) => void

export interface DayResult {
  readonly practice: string
  /** The date that was played, in the practice's time zone. */
  readonly date: string
  readonly figures: readonly Figure[]
  /** Scenes that this system has not what it takes to play, each with the reason. */
  readonly leftOut: readonly string[]
  readonly refusedDeletions: readonly RefusedDeletion[]
  /** Events of this practice by topic, as a consumer counted them. */
  readonly topics: Readonly<Record<string, number>>
  readonly exampleAppointmentId: string | undefined
  /** File of a signed note's PDF. */
  readonly sample: string | undefined
  readonly agrees: boolean
}
