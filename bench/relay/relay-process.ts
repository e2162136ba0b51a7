import { openBus } from '@praxisbus/runtime'
import { startRelay } from '@praxisbus/runtime/bus/relay.ts'

import { openLog } from '@praxisbus/runtime/log.ts'
import { openMetrics } from '@praxisbus/runtime/metrics.ts'
import { serveParent } from './child.ts'
import { CONTRACT } from './facts.ts'

export interface RelayPart {
  readonly relayUrl: string
  readonly brokers: string
  readonly topicPrefix: string
}

export function openRelay({ relayUrl, brokers, topicPrefix }: RelayPart) {
  const log = openLog('bench', 'warn')
  const bus = openBus(
    { brokers: brokers.split(','), clientId: 'bench-relay', topicPrefix, replicationFactor: 1 },
    log,
  )
  return startRelay({ url: relayUrl, bus, publishes: [CONTRACT], log, metrics: openMetrics('bench') })
}

/** Our relay alone, as it runs beside a service whose other replica took the command. */
if (process.argv[1] === import.meta.filename)
  serveParent<RelayPart>(async (settings) => {
    openRelay(settings)
    return async () => undefined
  })
