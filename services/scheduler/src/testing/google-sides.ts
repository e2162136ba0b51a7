import { type Connected, type GoogleDesk, times } from './google.ts'
import { created } from './office.ts'

export const pathOf = (id: string) => `/v1/appointments/${id}`
/** The id that an appointment of ours has there. */
export const eventOf = (id: string) => `pb${id.replaceAll('-', '')}`
/** Requests to Google that change something. */
export const writesAmong = (requests: readonly { readonly call: string }[]) =>
  requests.map(({ call }) => call).filter((call) => /insert|patch|update|delete/.test(call))

/** Edits on either side of a calendar, and what both show; asked anew at each call, since every test has a practitioner of its own. */
export function bothSides(current: () => { readonly desk: GoogleDesk; readonly of: Connected }) {
  const calendar = () => current().desk.google.calendar(current().of.calendarId)
  return {
    calendar,
    moveThere: (id: string, start: string, end: string) =>
      calendar().change(eventOf(id), times(start, end), 'patch', undefined),
    moveHere: async (id: string, start: string, end: string) =>
      created(await current().desk.owner.post(`${pathOf(id)}/reschedule`, { start, end })),
    decide: (proposalId: string | undefined, how: 'accept' | 'decline') =>
      current().desk.owner.post(`/v1/calendar-proposals/${proposalId}/${how}`),
    startThere: () =>
      current()
        .desk.events(current().of)
        .map(({ start }) => start!.dateTime!.slice(0, 16)),
    startHere: async () => (await current().desk.agenda(current().of)).map(({ start }) => start),
    /** How many requests of some work write. */
    writesOf: async (work: () => Promise<unknown>) => {
      const { requests } = current().desk.google
      const from = requests.length
      await work()
      return writesAmong(requests.slice(from)).length
    },
  }
}
