import type { EventContract } from '@praxisbus/contracts'
import type { Log } from '../log.ts'
import { type Bus, isMissingTopic, type OutgoingMessage, type Sender } from './kafka.ts'
import { openPatience } from './waiting.ts'

export interface Publisher {
  /** One at a time. false: it is not known which of them arrived; the oldest that are not marked are to be sent again. */
  publish(batch: readonly OutgoingMessage[]): Promise<boolean>
  /** false: the last send failed, and nobody closed it since. */
  working(): boolean
  close(): Promise<void>
}

/** Sends batches with one producer until it fails once; the next batch gets a new one. */
export function openPublisher(settings: {
  readonly bus: Bus
  readonly publishes: readonly EventContract[]
  readonly log: Log
  readonly stopping: AbortSignal
}): Publisher {
  const { bus, publishes, log, stopping } = settings
  const patience = openPatience(stopping)
  let sender: Sender | undefined
  let working = true
  const dropSender = async () => {
    if (sender) await patience(sender.close()).catch(() => undefined)
    sender = undefined
  }
  return {
    close: async () => {
      await dropSender()
      working = true
    },
    working: () => working,
    publish: async (batch) => {
      try {
        sender ??= bus.sender()
        await patience(sender.send(batch))
        working = true
      } catch (error) {
        working = false
        log.warn(
          { err: error },
          'Kafka did not acknowledge; the oldest rows are sent again by a new producer',
        )
        await dropSender()
        // An operator may have deleted a topic; without it every row behind would wait.
        if (isMissingTopic(error)) await patience(bus.ensureTopics(publishes)).catch(() => undefined)
      }
      return working
    },
  }
}
