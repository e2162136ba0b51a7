type Own = 'appointment' | 'series'

/** By what our appointments and series go in files that we write: the same in each, and nobody else's. */
export const uidOf = (record: Own, id: string) => `${id}@${record}.praxisbus`

const OWN = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@(appointment|series)\.praxisbus$/

/** Whether a UID is one of ours, of whatever practice. */
export function ownUid(uid: string): { readonly record: Own; readonly id: string } | undefined {
  const [, id, record] = OWN.exec(uid) ?? []
  return id === undefined ? undefined : { id, record: record as Own }
}
