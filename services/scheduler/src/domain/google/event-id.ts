/**
 * The id under which an appointment stands in a Google calendar: chosen here, so that a request whose answer was lost makes no
 * second event. Google takes a-v and 0-9. It keeps the id of a deleted event, so what comes back has the next generation.
 */
export function eventIdOf(appointmentId: string, generation: number): string {
  const name = `pb${appointmentId.replaceAll('-', '')}`
  return generation === 0 ? name : `${name}g${generation}`
}

export function appointmentOf(eventId: string): { appointmentId: string; generation: number } | undefined {
  const found =
    /^pb([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})(?:g([1-9][0-9]{0,5}))?$/.exec(
      eventId,
    )
  if (!found) return undefined
  return { appointmentId: found.slice(1, 6).join('-'), generation: Number(found[6] ?? 0) }
}
