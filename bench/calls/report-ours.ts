import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openAuth, openDatabase } from '@praxisbus/runtime'
import { openHttp } from '@praxisbus/runtime/http/app.ts'
import { openLog } from '@praxisbus/runtime/log.ts'
import { openMetrics } from '@praxisbus/runtime/metrics.ts'
import express from 'express'
import { reports } from '../../services/billing/src/routes/reports.ts'
import type { BillingTarget } from './billing-database.ts'
import { serveParent } from './child.ts'

/** Billing's reports over HTTP as the service answers them. */
serveParent(async ({ appUrl, issuerUrl }: BillingTarget) => {
  const database = openDatabase(appUrl)
  const http = createServer(
    openHttp({
      routes: reports,
      database,
      relayDatabase: database, // no webhook among them
      authenticate: openAuth({ issuer: issuerUrl, audience: 'praxisbus' }),
      log: openLog('billing', 'info'),
      metrics: openMetrics('billing'),
      onFacts: () => undefined,
      limit: async () => undefined,
      open: express.Router(),
    }),
  )
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return async () => (http.address() as AddressInfo).port
})
