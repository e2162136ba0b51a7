import express, { type RequestHandler, type Response } from 'express'
import { act } from '../act.ts'
import type { Database } from '../db.ts'
import type { Log } from '../log.ts'
import type { Principal } from '../principal.ts'
import { HttpFault } from './problem.ts'
import type { Page, PageRoute } from './route.ts'

interface Shower {
  readonly database: Database
  /** With the relay's login: whose record a link is about is not known before it was looked up. */
  readonly relayDatabase: Database
  readonly log: Log
  readonly onFacts: () => void
  readonly limit: (principal: Principal, cost?: number) => Promise<void>
}

const MAX_BYTES = 32 * 1024
const MAX_FIELDS = 40
const TOKEN = /^[\w-]{20,200}$/
/** An address may hold many patients (a clinic's own network; a proxy that TRUSTED_PROXIES does not name), yet no patient opens a page as often as a program asks. */
const COST = 20

/** Looks up whose record the link is about, and acts for that practice. Whoever holds the link is nobody who signed in. */
export function showing(shower: Shower, route: PageRoute): RequestHandler[] {
  const { database, relayDatabase, log, onFacts, limit } = shower
  const show: RequestHandler = async (request, response) => {
    await limit(strangerAt(request.ip ?? 'unknown'), COST)
    const token = String(request.params.token)
    const found = TOKEN.test(token) ? await route.find(relayDatabase, token) : undefined
    if (!found) return send(response, route.missing)
    const fields = fieldsOf(request.body)
    const page = await act({ database, actor: 'link', onFacts }, found.practiceId, (ctx) =>
      route.run(ctx, found as never, fields),
    )
    send(response, page)
  }
  return [
    express.urlencoded({ extended: false, limit: MAX_BYTES, parameterLimit: MAX_FIELDS }),
    async (request, response, next) => {
      try {
        await show(request, response, next)
      } catch (error) {
        if (error instanceof HttpFault) throw error
        log.error({ err: error }, 'a page could not be shown')
        send(response, route.away)
      }
    },
  ]
}

function strangerAt(address: string): Principal {
  return { userId: address, name: address, practiceId: 'link', permissions: new Set(), roles: [], token: '' }
}

/** Texts that can be stored; a name that comes twice counts as its first. */
function fieldsOf(body: unknown): Record<string, string> {
  const entries = Object.entries((body ?? {}) as Record<string, unknown>).map(([name, value]) => {
    const text = String(Array.isArray(value) ? value[0] : value)
    return [name, text.replaceAll('\u0000', '').toWellFormed()]
  })
  return Object.fromEntries(entries)
}

/** The link is the key to the page: it goes to no other site, into no cache and no search engine. No script ever runs. */
function send(response: Response, { status, html }: Page): void {
  response.status(status).set({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex, nofollow',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  })
  response.end(html)
}
