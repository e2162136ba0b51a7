import {
  type ActContext,
  act,
  type Database,
  type Log,
  sql,
  startWorker,
  type Tx,
  type Worker,
} from '@praxisbus/runtime'
import { isBillable } from '../domain/schedule.ts'
import { endsBefore, horizonOf, MADE_AHEAD_DAYS, MOST_MADE, slotsBetween } from '../domain/series/slots.ts'
import { knownServices, lockPractitioners } from '../lookups.ts'
import { findPractice } from '../practice.ts'
import { makeOccurrences } from './make.ts'
import { type Details, lockSeries, updateSeries } from './rows.ts'

const LOOK_MS = 3_600_000
/** A series is lengthened by a month at a time, not by a day each day. */
const SLACK_DAYS = 30
const AT_ONCE = 500

interface Settings {
  readonly database: Database
  /** With the relay's login, which sees nothing but ids and how far a series is made. */
  readonly relay: Database
  readonly log: Log
  readonly onFacts: () => void
}

/** S-13: keeps series made two years ahead as time goes by. Several processes may do so: the series is locked meanwhile. */
export function startKeepingSeries(settings: Settings): Worker {
  return startWorker({
    log: settings.log,
    failing: 'series are not made further: the database cannot be asked',
    everyMs: LOOK_MS,
    look: (stopping) => keepSeries(settings, Temporal.Now.instant(), stopping),
  })
}

interface Due {
  readonly practiceId: string
  readonly id: string
  readonly madeBefore: string
}

/**
 * Lengthens every series that is due. One that cannot be lengthened does not hold up the others, however many such there are; those
 * of a practice with the scheduler off wait until it is on.
 */
export async function keepSeries(
  settings: Settings,
  now: Temporal.Instant,
  signal?: AbortSignal,
): Promise<void> {
  const { database, log, onFacts } = settings
  const off = new Set<string>()
  let due: Due[] = []
  do {
    due = await findDue(settings, now, due.at(-1))
    for (const { practiceId, id } of due) {
      if (signal?.aborted) return
      if (off.has(practiceId)) continue
      const done = await act({ database, actor: 'service:scheduler', onFacts }, practiceId, (ctx) =>
        lengthen({ ...ctx, now }, id),
      ).catch((error: unknown) =>
        log.warn({ err: error, practiceId, seriesId: id }, 'a series is not made further'),
      )
      if (done === 'off') off.add(practiceId)
    }
  } while (due.length === AT_ONCE)
}

/** In the order of how far they are made, from one on. */
function findDue({ relay }: Settings, now: Temporal.Instant, after: Due | undefined): Promise<Due[]> {
  const soon = now.add({ hours: (MADE_AHEAD_DAYS - SLACK_DAYS) * 24 }).toString()
  const place = after && [after.madeBefore, after.practiceId, after.id]
  return relay.plain((tx) =>
    tx.many<Due>(sql`
      select practice_id, id, made_before from series
       where not finished and made_before < ${soon}::timestamptz at time zone 'utc'
         ${place ? sql`and (made_before, practice_id, id) > (${place[0]!}::timestamp, ${place[1]!}::uuid, ${place[2]!}::uuid)` : sql``}
       order by made_before, practice_id, id limit ${AT_ONCE}`),
  )
}

async function lengthen(ctx: ActContext, seriesId: string): Promise<'off' | undefined> {
  const practice = await findPractice(ctx.tx)
  if (!practice?.products.scheduler) return 'off'
  const series = await lockSeries(ctx.tx, seriesId)
  if (!series || series.finished) return undefined
  const horizon = horizonOf(series.start, series.timeZone, ctx.now)
  if (horizon <= series.madeBefore) return undefined
  const places = slotsBetween(series, series.madeBefore, horizon, MOST_MADE)
  const details = await atTodaysPrices(ctx.tx, series.details)
  // Whoever books there at this moment comes before, or sees them.
  await lockPractitioners(ctx.tx, [details.practitionerId])
  await makeOccurrences(ctx, series, details, places)
  await updateSeries(ctx.tx, seriesId, {
    rule: series.rule,
    details,
    madeBefore: horizon,
    finished: endsBefore(series, horizon),
  })
  return undefined
}

/** Code and amount as the catalogue has them when the appointment is made, as for a single one. */
async function atTodaysPrices(tx: Tx, details: Details): Promise<Details> {
  if (details.services.length === 0) return details
  const known = await knownServices(
    tx,
    details.services.map(({ serviceId }) => serviceId),
  )
  const services = details.services.map((service) => {
    const { code, description, amountCents } = known.get(service.serviceId) ?? service
    return { ...service, code, description, amountCents }
  })
  return { ...details, services, billable: isBillable(services) }
}
