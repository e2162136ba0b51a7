import type { EventContract } from '@praxisbus/contracts'
import { openLog } from '../log.ts'
import { openMetrics } from '../metrics.ts'
import { openBus } from './kafka.ts'
import { startRelay } from './relay.ts'

/** For tests that kill it: the relay as a process of its own, told where to work by its one argument. */
export interface TestRelaySettings {
  readonly url: string
  readonly brokers: string
  readonly topicPrefix: string
  readonly publishes: readonly Omit<EventContract, 'data'>[]
}

const { url, brokers, topicPrefix, publishes } = JSON.parse(process.argv[2]!) as TestRelaySettings
const log = openLog('test-relay', 'info')
const bus = openBus(
  { brokers: brokers.split(','), clientId: 'test-relay', topicPrefix, replicationFactor: 1 },
  log,
)
startRelay({ url, bus, publishes: publishes as EventContract[], log, metrics: openMetrics('test-relay') })
