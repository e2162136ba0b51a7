/** An instant as facts and rows carry it: to the millisecond, so that both say the same. */
export function moment(now: Temporal.Instant): string {
  return now.toString({ smallestUnit: 'millisecond' })
}
