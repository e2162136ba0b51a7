import { openAuth, openDatabase } from '@praxisbus/runtime'
import { startGrpc } from '@praxisbus/runtime/grpc/server.ts'
import { openLog } from '@praxisbus/runtime/log.ts'
import { openMetrics } from '@praxisbus/runtime/metrics.ts'
import { rpc } from '../../services/scheduler/src/rpc.ts'
import { serveParent } from './child.ts'
import type { Target } from './scheduler-database.ts'

/** The scheduler's gRPC server as the service starts it. */
serveParent(async ({ appUrl, issuerUrl }: Target) => {
  const metrics = openMetrics('scheduler')
  const { port } = await startGrpc({
    ...rpc,
    host: '127.0.0.1',
    port: 0,
    database: openDatabase(appUrl),
    authenticate: openAuth({ issuer: issuerUrl, audience: 'praxisbus' }),
    log: openLog('scheduler', 'info'),
    onCall: ({ method, code, ms }) => metrics.grpcSeconds.observe({ method, code }, ms / 1000),
  })
  return async () => port
})
