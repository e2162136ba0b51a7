import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { database, issuer, waitFor } from '@praxisbus/testing'
import express from 'express'
import { z } from 'zod'
import { openAuth } from '../auth.ts'
import { openDatabase } from '../db.ts'
import { newId } from '../ids.ts'
import { openLog } from '../log.ts'
import { openMetrics } from '../metrics.ts'
import { sql } from '../sql.ts'
import { openHttp } from './app.ts'
import { query } from './route.ts'

const slow = query({
  endpoint: 'GET /v1/slow',
  permission: 'patient.read',
  summary: 'Takes its time',
  output: z.object({}),
  run: async ({ tx }) => {
    await tx.run(sql`select pg_sleep(1)`)
    return {}
  },
  refusals: {},
})

test('P-04 a request that its caller gave up is counted as aborted, an answered one by its status', async () => {
  const [clone, signIn] = [await database('runtime'), await issuer()]
  const [app, relay] = [openDatabase(clone.appUrl), openDatabase(clone.relayUrl)]
  const metrics = openMetrics('scheduler')
  const http = createServer(
    openHttp({
      routes: [slow],
      database: app,
      relayDatabase: relay,
      authenticate: openAuth({ issuer: signIn.url, audience: 'praxisbus' }),
      log: openLog('aborted-test', 'silent'),
      metrics,
      onFacts: () => undefined,
      limit: async () => undefined,
      open: express.Router(),
    }),
  )
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  try {
    const practices = { [newId()]: { roles: [], permissions: ['patient.read' as const] } }
    const authorization = `Bearer ${await signIn.token({ userId: 'u', name: 'U', practices })}`
    const counted = async () =>
      (await metrics.httpSeconds.get()).values
        .filter(({ metricName }) => metricName?.endsWith('_count'))
        .map(({ labels, value }) => [labels.status, value])
    const given = request({ port, host: '127.0.0.1', path: '/v1/slow', headers: { authorization } })
    given.on('error', () => undefined)
    given.end()
    await waitFor(() => app.load().working === 1, 5_000, 'the question to be asked')
    given.destroy()
    await waitFor(async () => (await counted()).length === 1, 5_000, 'it to be counted')
    expect(await counted()).toEqual([['aborted', 1]])

    await (await fetch(`http://127.0.0.1:${port}/v1/slow`, { headers: { authorization } })).json()
    await waitFor(async () => (await counted()).length === 2, 5_000, 'the answer to be counted')
    expect(await counted()).toContainEqual(['200', 1])
  } finally {
    http.closeAllConnections()
    http.close()
    await Promise.all([app.close(), relay.close(), signIn.stop()])
    await clone.drop()
  }
}, 30_000)
