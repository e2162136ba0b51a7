import type { AddressInfo } from 'node:net'
import { type EventContract, eventType, type Permission, type ServiceName } from '@praxisbus/contracts'
import {
  type Database,
  newId,
  openAuth,
  openDatabase,
  type Reaction,
  type Route,
  sql,
} from '@praxisbus/runtime'
import { toCloudEvent } from '@praxisbus/runtime/bus/cloud-event.ts'
import { openInbox } from '@praxisbus/runtime/bus/inbox.ts'
import { type HttpSettings, openHttp } from '@praxisbus/runtime/http/app.ts'
import { openServer } from '@praxisbus/runtime/http/server.ts'
import { openLog } from '@praxisbus/runtime/log.ts'
import { openMetrics } from '@praxisbus/runtime/metrics.ts'
import express from 'express'
import { type Api, api } from './api.ts'
import { database } from './database.ts'
import { type Issuer, issuer } from './issuer.ts'

/**
 * For calls to a stand-in of a peer, instead of the service's own 2 s: it runs in this process, beside other tests, and where the
 * machine is behind, a question it answers late is not what the test is about.
 */
export const STAND_IN_DEADLINE_MS = 15_000

export interface Fact {
  readonly topic: string
  readonly key: string
  readonly sequence: number
  readonly data: Record<string, unknown>
}

/**
 * One service's routes and reactions over a real database, HTTP and sign-in, without its process and without Kafka: for
 * the tests beside a verb. Facts are read back from the outbox; facts of other services are handed in with `react`.
 */
export interface Desk {
  readonly practiceId: string
  /** Of its HTTP interface, for callers without a sign-in. */
  readonly url: string
  readonly database: Database
  /**
   * For stand-ins of its peers, which have connections of their own: where all of a service's wait for the lock of one that asks
   * a peer, the peer still answers.
   */
  readonly peers: Database
  /** With the relay's login, as workers that look across practices have it. */
  readonly relay: Database
  /** Of the database's superuser. */
  readonly adminUrl: string
  readonly relayUrl: string
  /** The service as a user with these permissions sees it. */
  as(user: DeskUser): Promise<Api>
  /** Its access token, for requests of a kind that `as` cannot make. */
  token(user: DeskUser): Promise<string>
  /** Facts recorded so far, in order; of one contract where given, so of one version of its topic. */
  facts(contract?: EventContract): Promise<Fact[]>
  /** Delivers a fact as the inbox would; `times` > 1 delivers it again. */
  react<Data>(
    contract: EventContract<Data>,
    fact: { subject: string; version: number; data: Data; practiceId?: string; times?: number },
  ): Promise<void>
  close(): Promise<void>
}

export interface DeskUser {
  readonly permissions: readonly Permission[]
  readonly userId?: string
  readonly name?: string
  readonly roles?: readonly string[]
  /** Other than the desk's practice, or several. */
  readonly practiceIds?: readonly string[]
}

export async function openDesk(
  service: ServiceName,
  table: { routes: readonly Route[]; reactions: readonly Reaction[] },
  {
    limit = async () => undefined,
    trustedProxies = 0,
  }: Partial<Pick<HttpSettings, 'limit' | 'trustedProxies'>> = {},
): Promise<Desk> {
  const clone = await database(service)
  const signIn = await issuer()
  const app = openDatabase(clone.appUrl, { max: 8 })
  const peers = openDatabase(clone.appUrl, { max: 2 })
  const relay = openDatabase(clone.relayUrl, { max: 2 })
  const log = openLog(service, 'silent')
  const { server: http } = openServer(
    openHttp({
      routes: table.routes,
      database: app,
      relayDatabase: relay,
      authenticate: openAuth({ issuer: signIn.url, audience: 'praxisbus' }),
      log,
      metrics: openMetrics(service),
      onFacts: () => undefined,
      limit,
      trustedProxies,
      open: express.Router(),
    }),
  )
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const practiceId = newId()
  const inbox = openInbox({
    consumer: service,
    database: app,
    reactions: table.reactions,
    onFacts: () => undefined,
  })

  return {
    practiceId,
    url,
    database: app,
    peers,
    relay,
    adminUrl: clone.adminUrl,
    relayUrl: clone.relayUrl,
    as: async (user) => api(url, await signIn.token(claims(user, practiceId))),
    token: (user) => signIn.token(claims(user, practiceId)),
    facts: (contract) =>
      relay.plain(async (tx) => {
        const rows = await tx.many<Omit<Fact, 'data'> & { type: string; body: string }>(
          sql`select topic, type, key, sequence, body from outbox order by id`,
        )
        return rows
          .filter(({ type }) => !contract || type === eventType(contract))
          .map(({ type: _, body, ...row }) => ({ ...row, data: JSON.parse(body) as Record<string, unknown> }))
      }),
    react: async (contract, { practiceId: other, times = 1, ...fact }) => {
      const event = toCloudEvent(contract, fact, {
        practiceId: other ?? practiceId,
        time: Temporal.Now.instant(),
      })
      const message = {
        topic: event.topic,
        partition: 0,
        offset: 0,
        key: event.key,
        headers: event.headers,
        body: event.body,
      }
      for (let time = 0; time < times; time++) await inbox.apply([message])
    },
    close: async () => {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
      await Promise.all([app.close(), peers.close(), relay.close(), stop(signIn)])
      await clone.drop()
    },
  }
}

function claims(user: DeskUser, practiceId: string) {
  const grant = { roles: [...(user.roles ?? [])], permissions: [...user.permissions] }
  return {
    userId: user.userId ?? 'user-1',
    name: user.name ?? 'Test User',
    practices: Object.fromEntries((user.practiceIds ?? [practiceId]).map((id) => [id, grant])),
  }
}

function stop(signIn: Issuer): Promise<void> {
  return signIn.stop()
}
