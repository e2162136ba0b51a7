import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Load } from './turns.ts'

/** All metrics of one service process, in one place so that dashboards and alerts can rely on their names. */
export function openMetrics(service: string) {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const buckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
  return {
    registry,
    httpSeconds: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'HTTP requests; status `aborted` where the caller went away before its answer was out',
      labelNames: ['method', 'route', 'status'],
      buckets,
      registers,
    }),
    grpcSeconds: new Histogram({
      name: 'grpc_request_duration_seconds',
      help: 'gRPC calls',
      labelNames: ['method', 'code'],
      buckets,
      registers,
    }),
    relayLagRows: new Gauge({
      name: 'relay_lag_rows',
      help: 'Outbox rows committed and not yet in Kafka',
      registers,
    }),
    relayLagSeconds: new Gauge({ name: 'relay_lag_seconds', help: 'Age of the oldest such row', registers }),
    relayLeader: new Gauge({ name: 'relay_leader', help: '1 where this process publishes', registers }),
    published: new Counter({
      name: 'events_published_total',
      help: 'Events acknowledged by Kafka',
      labelNames: ['topic'],
      registers,
    }),
    consumerLag: new Gauge({
      name: 'consumer_lag_messages',
      help: 'Messages behind the end of the partition',
      labelNames: ['topic', 'partition'],
      registers,
    }),
    consumed: new Counter({
      name: 'events_consumed_total',
      help: 'Events handled, by outcome',
      labelNames: ['topic', 'outcome'],
      registers,
    }),
    parked: new Gauge({ name: 'parked_messages', help: 'Messages waiting for an operator', registers }),
    /** Asked at each look at the metrics. */
    showLoad: (load: () => Load) =>
      new Gauge({
        name: 'database_transactions',
        help: 'Transactions that have a connection (working), and that wait for one',
        labelNames: ['state'],
        registers,
        collect() {
          const { working, waiting } = load()
          this.set({ state: 'working' }, working)
          this.set({ state: 'waiting' }, waiting)
        },
      }),
    /** Asked at each look at the metrics. */
    showReading: (reading: () => boolean) =>
      new Gauge({
        name: 'consumer_reading',
        help: '1 where this process is a member of its group and heard of it lately',
        registers,
        collect() {
          this.set(reading() ? 1 : 0)
        },
      }),
    /** One of a service's own, in words that this library does not have. */
    gauge: (name: string, help: string, labelNames: readonly string[] = []) =>
      new Gauge({ name, help, labelNames, registers }),
  }
}

export type Metrics = ReturnType<typeof openMetrics>
