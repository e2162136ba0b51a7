import type { Consumer, EachBatchPayload } from 'kafkajs'
import type { Log } from '../log.ts'

/** As long as this a batch may hold up what else its broker has for us. */
const HOLD_UP_MS = 1_000
/** Each holds a connection to the database while it works. */
const MAX_ASIDE = 6

/**
 * kafkajs asks a broker for more only when every partition of its last answer is done: one slow reaction would stop all
 * topics, and without heartbeats the group would put this process out, give the partition to another, and that one out too.
 * So a batch that takes longer is set aside: its partition pauses, the others go on, and with them the heartbeats.
 */
export function openAside(kafka: Consumer, log: Log) {
  const underWay = new Map<
    string,
    {
      readonly topic: string
      readonly partition: number
      readonly offset: number
      readonly work: Promise<void>
    }
  >()
  let generation = 0
  kafka.on(kafka.events.GROUP_JOIN, () => {
    generation++
  })
  const resume = (topic: string, partition: number) => {
    try {
      kafka.resume([{ topic, partitions: [partition] }])
    } catch (error) {
      // Throws where the reader has ended meanwhile: nobody is left to resume, and unhandled it would end the process.
      log.debug({ err: error, topic, partition }, 'a slow batch outlived its reader')
    }
  }
  return {
    /** Resolves when the work is done or was set aside. `ours` turns false when the group was dealt anew meanwhile. */
    run: async ({ batch, heartbeat }: EachBatchPayload, begin: (ours: () => boolean) => Promise<void>) => {
      const { topic, partition } = batch
      const place = `${topic}/${partition}`
      // Dealt to us again while the work is still under way: what it leaves is asked for anew.
      if (underWay.has(place)) return
      const dealt = generation
      const work = begin(() => generation === dealt)
      while (!(await settles(work, HOLD_UP_MS))) {
        if (underWay.size < MAX_ASIDE) {
          kafka.pause([{ topic, partitions: [partition] }])
          log.debug({ topic, partition }, 'a slow batch was set aside')
          const finished = work
            .catch((error: unknown) =>
              log.warn({ err: error, topic, partition }, 'a slow batch is taken again'),
            )
            .finally(() => {
              underWay.delete(place)
              resume(topic, partition)
            })
          underWay.set(place, { topic, partition, offset: Number(batch.firstOffset()), work: finished })
          return
        }
        await heartbeat()
      }
      await work
    },
    /** Where the work under way began. */
    places: () => [...underWay.values()],
    finished: async () => {
      await Promise.all([...underWay.values()].map(({ work }) => work))
    },
  }
}

/** false: not within that time. A rejection counts as settled. */
async function settles(work: Promise<unknown>, withinMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(resolve, withinMs, false)
  work.then(
    () => resolve(true),
    () => resolve(true),
  )
  return promise.finally(() => clearTimeout(timer))
}
