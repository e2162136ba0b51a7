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

export interface DayResult {
  readonly practice: string
  /** The date that was played, in the practice's time zone. */
  readonly date: string
  readonly figures: readonly Figure[]
  readonly refusedDeletions: readonly RefusedDeletion[]
  /** Events of this practice by topic, as a consumer counted them. */
  readonly topics: Readonly<Record<string, number>>
  readonly exampleAppointmentId: string | undefined
  /** File of a signed note's PDF. */
  readonly sample: string | undefined
  readonly agrees: boolean
}
