import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openAuth, openDatabase } from '@praxisbus/runtime'
import { openHttp } from '@praxisbus/runtime/http/app.ts'
import { openLog } from '@praxisbus/runtime/log.ts'
import { openMetrics } from '@praxisbus/runtime/metrics.ts'
import express from 'express'
import { bookingRoutes } from '../../services/scheduler/src/routes/booking.ts'
import { calendarRoutes } from '../../services/scheduler/src/routes/calendar.ts'
import { serveParent } from './child.ts'
import type { SlotsTarget } from './slots-database.ts'

/** The scheduler's calendar and booking over HTTP as the service answers them. */
serveParent(async ({ appUrl, issuerUrl }: SlotsTarget) => {
  const database = openDatabase(appUrl)
  const http = createServer(
    openHttp({
      routes: [...bookingRoutes, ...calendarRoutes],
      database,
      relayDatabase: database, // no webhook among them
      authenticate: openAuth({ issuer: issuerUrl, audience: 'praxisbus' }),
      log: openLog('scheduler', 'info'),
      metrics: openMetrics('scheduler'),
      onFacts: () => undefined,
      limit: async () => undefined,
      open: express.Router(),
    }),
  )
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return async () => (http.address() as AddressInfo).port
})
