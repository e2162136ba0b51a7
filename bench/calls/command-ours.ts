import { createHash, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openAuth, openDatabase } from '@praxisbus/runtime'
import { openHttp } from '@praxisbus/runtime/http/app.ts'
import { runCommand } from '@praxisbus/runtime/http/command.ts'
import { type CommandRoute, command } from '@praxisbus/runtime/http/route.ts'
import { openLog } from '@praxisbus/runtime/log.ts'
import { openMetrics } from '@praxisbus/runtime/metrics.ts'
import express from 'express'
import { patientAnswer } from '../../services/scheduler/src/answers.ts'
import { insertPatient } from '../../services/scheduler/src/commands/register-patient.ts'
import { patientRecord } from '../../services/scheduler/src/domain/patient.ts'
import { patientRoutes } from '../../services/scheduler/src/routes/patients.ts'
import { serveParent } from './child.ts'
import { rate } from './load.ts'
import { PATIENT } from './patient-record.ts'
import type { Target } from './scheduler-database.ts'

export interface CommandLoad {
  readonly commands: number
  readonly callers: number
  /** `insert` writes at once; `register` is the scheduler's own route, which reads the practice before. */
  readonly route: 'insert' | 'register'
}

const insert = command({
  endpoint: 'POST /v1/bare-patients',
  permission: 'patient.write',
  summary: 'Write a patient',
  body: patientRecord,
  output: patientAnswer,
  status: 201,
  run: insertPatient,
  refusals: {},
})
const register = patientRoutes.find(({ endpoint }) => endpoint === 'POST /v1/patients') as CommandRoute
const ROUTES = { insert, register }

/** Registers patients as the scheduler does: the row, the fact, the audit entry and the kept answer in one transaction. */
serveParent(async ({ appUrl, issuerUrl, token }: Target) => {
  const database = openDatabase(appUrl)
  const authenticate = openAuth({ issuer: issuerUrl, audience: 'praxisbus' })
  const principal = await authenticate({ authorization: `Bearer ${token}` })
  const http = createServer(
    openHttp({
      routes: [insert, register],
      database,
      relayDatabase: database, // no webhook among them
      authenticate,
      log: openLog('scheduler', 'info'),
      metrics: openMetrics('scheduler'),
      onFacts: () => undefined,
      limit: async () => undefined,
      open: express.Router(),
    }),
  )
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const once = async (route: CommandRoute) => {
    const key = randomUUID()
    const requestHash = createHash('sha256').update(route.endpoint).update(key).digest()
    const input = patientRecord.parse(PATIENT)
    const answer = await runCommand(
      database,
      { route, principal, input, idempotency: { key, requestHash } },
      () => undefined,
    )
    if (answer.status !== 201) throw new Error(`not registered: ${answer.body}`)
  }
  return async (load: CommandLoad | 'port') =>
    load === 'port'
      ? (http.address() as AddressInfo).port
      : rate(load.commands, load.callers, () => once(ROUTES[load.route]))
})
