import { setTimeout as delay } from 'node:timers/promises'
import { sql, startWorker, type Worker } from '@praxisbus/runtime'
import { isFailure, type Taken } from '../adapters/messages.ts'
import type { SendFailure } from '../domain/message-sending.ts'
import { type Channel, channel as channelOf } from '../domain/reminders.ts'
import { acting, type Sending, timeIn } from './acting.ts'
import { claimMessage, type Due, isFar } from './claim.ts'
import { PLANNED_AT_ONCE, planKeptBack, planUnplanned } from './kept-back.ts'
import { settleMessage } from './outcome.ts'

const LOOK_MS = 1_000
/** Of one channel at a time. What is in hand when a process is killed is what may stay unknown, so not many. */
const AT_ONCE = 8
const KEPT_BACK_MS = 60_000
const UNPLANNED_MS = 3_600_000
/** A process that is to stop has 15 s; what a carrier has not answered by then stays claimed. */
const GOODBYE_MS = 8_000
const SETTLE_WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000, 16_000]

/**
 * The sender of what goes out to patients (S-09, S-10, S-11). It finds what is due with the relay's login and works on each as
 * the application of its practice; several processes share the work by claims. Each channel has a loop of its own, so that a
 * provider that hangs holds up nothing else.
 */
export function startSending(settings: Sending): Worker {
  const every = (everyMs: number, look: (stopping: AbortSignal) => Promise<unknown>) =>
    startWorker({
      log: settings.log,
      failing: 'reminders wait: the database cannot be asked',
      everyMs,
      look,
    })
  const workers = [
    every(KEPT_BACK_MS, () => planKeptBack(settings)),
    every(UNPLANNED_MS, async () => (await planUnplanned(settings)) === PLANNED_AT_ONCE),
    ...channelOf.options.map((channel) =>
      every(LOOK_MS, async (stopping) => (await sendDue(settings, channel, stopping)) === AT_ONCE),
    ),
  ]
  return {
    stop: async () => {
      const stopped = Promise.all(workers.map((worker) => worker.stop()))
      await Promise.race([stopped, delay(GOODBYE_MS, undefined, { ref: false })])
      for (const carrier of new Set(Object.values(settings.carriers))) carrier.close()
    },
  }
}

/** One look at one channel. Returns how many were found. */
export async function sendDue(settings: Sending, channel: Channel, stopping?: AbortSignal): Promise<number> {
  const due = await findDue(settings, channel)
  const outcomes = await Promise.allSettled(due.map((one) => sendOne(settings, one, stopping)))
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') settings.log.warn({ err: outcome.reason }, 'a reminder waits')
  // What somebody else had locked, or a fault kept, is found again: after a pause.
  return outcomes.some((outcome) => outcome.status === 'rejected' || !outcome.value) ? 0 : due.length
}

async function findDue(settings: Sending, channel: Channel): Promise<Due[]> {
  const { relay } = settings
  return relay.plain(async (tx) => {
    const now = (await timeIn(settings, tx)).toString()
    return tx.many<Due>(sql`
      (select practice_id, id from patient_message
        where channel = ${channel} and next_look_at <= ${now} order by next_look_at limit ${AT_ONCE})
      union all
      (select practice_id, id from patient_message
        where channel = ${channel} and attempts > 0 and ${isFar(now)} limit ${AT_ONCE})
      limit ${AT_ONCE}`)
  })
}

/** Returns whether it took the message up. */
export async function sendOne(settings: Sending, due: Due, stopping?: AbortSignal): Promise<boolean> {
  const { carriers, publicUrl } = settings
  if (stopping?.aborted) return false
  const claim = await acting(settings, due.practiceId, (ctx) =>
    claimMessage(ctx, due.id, carriers, publicUrl),
  )
  if (typeof claim === 'string') return claim === 'nothing to send'
  const outcome = await carriers[claim.message.channel]!.send(claim.outgoing).catch(asFault)
  if (isFailure(outcome)) {
    // What was said may name the patient's address; those who may see it find it with the message (`lastError`).
    const { code, permanent, mayHaveArrived } = outcome
    settings.log.info({ id: due.id, code, permanent, mayHaveArrived }, 'a reminder was not taken')
  }
  await settled(settings, due, { ...claim, id: due.id }, outcome)
  return true
}

/** A fault of our own: it may have happened at any point. */
const asFault = (error: unknown): SendFailure => ({
  message: error instanceof Error ? error.message : String(error),
  code: error instanceof Error ? error.name : 'fault',
  permanent: false,
  mayHaveArrived: true,
})

/** How it went is known here alone, so a database that is away is asked for a while. */
async function settled(
  settings: Sending,
  { practiceId }: Due,
  claim: { readonly id: string; readonly attempts: number; readonly repeated: boolean },
  outcome: Taken | SendFailure,
): Promise<void> {
  for (let round = 0; ; round++) {
    try {
      return await acting(settings, practiceId, (ctx) => settleMessage(ctx, claim, outcome))
    } catch (error) {
      const waitMs = SETTLE_WAITS_MS[round]
      if (waitMs === undefined) throw error
      await delay(waitMs)
    }
  }
}
