import { parseArgs } from 'node:util'
import { openDatabase } from '@praxisbus/runtime/db.ts'
import { startOrExplain } from '@praxisbus/runtime/process.ts'
import { readBooksSettings } from './config.ts'
import { practicesWithBooks } from './postings/watch-balance.ts'
import { type VerifiedClosing, verifyBooks } from './queries/verify-period.ts'

/**
 * `npm run praxisbus -- books verify` (B-19): recomputes every seal from the tables, practice by practice, each in one snapshot.
 * Exit codes: 0 all are as they were sealed, 1 a fault, 3 no such practice, 4 some are not.
 */
const NOTHING_MATCHED = 3
const NOT_AS_SEALED = 4

interface Report {
  readonly practiceId: string
  readonly closings: readonly VerifiedClosing[]
  /** Ids of closings that the audit trail knows and the table lacks. */
  readonly lost: readonly string[]
}

const isSound = ({ closings, lost }: Report) =>
  lost.length === 0 && closings.every(({ faults }) => faults.length === 0)

startOrExplain(async () => {
  const { values } = parseArgs({
    options: { practice: { type: 'string' }, json: { type: 'boolean', default: false } },
  })
  const { DATABASE_URL, RELAY_DATABASE_URL } = readBooksSettings()
  const database = openDatabase(DATABASE_URL, { max: 1 })
  const relay = RELAY_DATABASE_URL ? openDatabase(RELAY_DATABASE_URL, { max: 1 }) : undefined
  try {
    const practices = values.practice ? [values.practice] : await practicesWithBooks(mustHave(relay))
    const reports: Report[] = []
    for (const practiceId of practices)
      reports.push({
        practiceId,
        ...(await database.snapshot(practiceId, (tx) => verifyBooks(tx, practiceId))),
      })
    const text = values.json ? JSON.stringify(reports) : reports.flatMap(told).join('\n')
    process.stdout.write(`${text || 'No practice has books yet.'}\n`)
    const nothing = values.practice !== undefined && reports.every(isEmpty)
    process.exitCode = reports.every(isSound) ? (nothing ? NOTHING_MATCHED : 0) : NOT_AS_SEALED
  } finally {
    await Promise.all([database.close(), relay?.close()])
  }
})

const isEmpty = ({ closings, lost }: Report) => closings.length === 0 && lost.length === 0

function mustHave<T>(relay: T | undefined): T {
  if (relay === undefined)
    throw new Error('RELAY_DATABASE_URL is needed to find the practices; or name one with --practice.')
  return relay
}

/** The newest seal is printed so that it can be compared with one that was kept elsewhere, in period.closed for instance. */
function told(report: Report): string[] {
  const { practiceId, closings, lost } = report
  const standing = closings.findLast(({ reopenedAt }) => reopenedAt === null)
  const through = standing ? `closed through ${standing.endsOn}, seal ${standing.seal}` : 'nothing is closed'
  if (isSound(report)) return [`practice ${practiceId}: ${closings.length} closings as sealed; ${through}`]
  return [
    `practice ${practiceId}: NOT AS SEALED; ${through}`,
    ...closings.filter(({ faults }) => faults.length > 0).map(faultOf),
    ...lost.map((periodId) => `  closing ${periodId}: in the audit trail, but its row is gone`),
  ]
}

const WORDS = {
  entries: 'its entries or its seal were changed',
  counts: 'it holds another number of them',
  chain: 'it stands on another seal than that of the period before',
  missing: 'the closing of the period before is gone',
} as const

function faultOf({ periodId, startsOn, endsOn, faults, ...found }: VerifiedClosing): string {
  const { journals, entries, recomputedJournals, recomputedEntries } = found
  const counted = `sealed ${journals} journals and ${entries} entries, found ${recomputedJournals} and ${recomputedEntries}`
  const what = faults.map((fault) => WORDS[fault]).join('; ')
  return `  period ${startsOn ?? 'from the first day'} to ${endsOn}, closing ${periodId}: ${what} (${counted})`
}
