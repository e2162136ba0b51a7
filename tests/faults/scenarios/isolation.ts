import assert from 'node:assert/strict'
import { setTimeout } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { SERVICES, type ServiceName } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { api, testGround } from '@praxisbus/testing'
import { ok, type Person, setUpPractice, until } from '../../system/clinic.ts'
import { openBooks } from '../isolation/books.ts'
import { type CalendarPartner, openCalendarPartner, probeGoogleWebhook } from '../isolation/calendars.ts'
import { probeCrossed } from '../isolation/crossed.ts'
import { MONEY } from '../isolation/money.ts'
import { probeWebhooks } from '../isolation/online.ts'
import { playPractice } from '../isolation/played.ts'
import { probeForeignPractice, probeReads, probeRpc, probeWrites } from '../isolation/probe.ts'
import { idsIn, textOf } from '../isolation/recorded.ts'
import { allTables } from '../isolation/tables.ts'
import { type Site, withSite } from '../outage/site.ts'
import { rowsOf } from '../rows.ts'
import type { Scenario, Trial } from '../scenario.ts'

const OTHER_ACCOUNT = 'acct_elsewhere'

export default {
  name: 'isolation',
  about:
    'A practice works for a while; somebody of another one asks every route and every gRPC method with its ids, and sends again all that it sent: nothing of it is seen or changed.',
  run: (trial) => withSite(testGround(), (site) => play(trial, site)),
} satisfies Scenario

async function play(trial: Trial, site: Site): Promise<string[]> {
  const calendars = await openCalendarPartner()
  return playWith(trial, site, calendars).finally(calendars.google.stop)
}

async function playWith({ random, say }: Trial, site: Site, calendars: CalendarPartner): Promise<string[]> {
  const envOf = (name: ServiceName) => (name === 'scheduler' ? calendars.env : {})
  const services = Object.fromEntries(
    await Promise.all(SERVICES.map(async (name) => [name, await site.start(name, envOf(name))] as const)),
  ) as Record<ServiceName, Awaited<ReturnType<Site['start']>>>
  const otherId = newId()
  const tokens = { owner: await site.token(), stranger: await site.token({ practiceId: otherId }) }
  const person = (token: string, practiceId?: string) =>
    Object.fromEntries(
      SERVICES.map((name) => [name, api(services[name].httpUrl, token, practiceId)]),
    ) as Person
  const [owner, stranger] = [person(tokens.owner), person(tokens.stranger)]
  say('a practice works')
  const partner = {
    stripe: site.stripe,
    webhookUrl: `${services.billing.httpUrl}/v1/webhooks/stripe`,
  }
  const { requests, rows: sent, online } = await playPractice(owner, partner, calendars)
  const everything = requests.map(({ path, answer }) => `${path} ${textOf(answer)}`).join('\n')
  const ids = random.shuffled([...idsIn(everything)].filter((id) => id !== otherId))
  const known = { ids, requests }
  const before = await settledRows(site)
  say(`${requests.length} requests were made, ${ids.length} ids are known; a stranger asks`)
  const elsewhere = await setUpPractice(stranger)
  const { locationId } = elsewhere
  await until(
    () => ok(stranger.imaging.post('/v1/scan-batches', { type: 'charge', locationId })),
    () => true,
    'imaging to know the other practice',
  )
  site.stripe.connect(OTHER_ACCOUNT)
  const books = await openBooks(stranger, elsewhere, { name: 'Bystander', accountId: OTHER_ACCOUNT })
  const counts = { reads: 0, writes: 0, foreign: 0, rpc: 0, crossed: 0, heard: 0 }
  counts.crossed = await probeCrossed(books, MONEY, sent, known)
  const asOther = person(tokens.stranger, site.practiceId)
  for (const { service, routes, rpc } of await allTables()) {
    counts.reads += await probeReads(routes, { owner: owner[service], stranger: stranger[service] }, known)
    counts.foreign += await probeForeignPractice(routes, asOther[service], known)
    const callers = {
      owner: { token: tokens.owner, practiceId: site.practiceId },
      stranger: { token: tokens.stranger, practiceId: otherId },
      intruder: { token: tokens.stranger, practiceId: site.practiceId },
    }
    counts.rpc += await probeRpc(rpc, services[service].grpcAddress, callers, known)
  }
  const tables = await allTables()
  counts.heard = await probeGoogleWebhook(services.scheduler.httpUrl)
  counts.heard += await probeWebhooks(
    tables.flatMap(({ routes }) => routes),
    OTHER_ACCOUNT,
    online,
    known,
  )
  for (const { service, routes } of tables)
    counts.writes += await probeWrites(service, routes, stranger[service], known)
  assert.deepEqual(await settledRows(site), before, 'the rows of the practice')
  const rows = [...before.values()].reduce((sum, { n }) => sum + n, 0)
  return [
    `${counts.reads} questions by HTTP, ${counts.rpc} by gRPC and ${counts.writes} commands of a stranger: no id and no name of the practice was seen`,
    `${counts.crossed} ids of the practice in a stranger's own requests about money: refused as ids that nobody has`,
    `${counts.heard} messages of partners about a stranger's account or unsigned: no effect`,
    `${counts.foreign} routes asked for a practice that is not one's own: 403`,
    `${rows} rows of the practice in ${before.size} tables are as they were`,
  ]
}

/** Nothing is under way any more. */
async function settled(site: Site): Promise<void> {
  for (const name of SERVICES) {
    const { adminUrl } = await site.database(name)
    await until(
      () =>
        rowsOf<{ n: number }>(adminUrl, 'select count(*)::int as n from outbox where published_at is null'),
      ([row]) => row!.n === 0,
      `${name} to have told everything`,
    )
  }
}

/** The rows when nothing is told or copied any more: twice the same. */
async function settledRows(site: Site): Promise<Map<string, { n: number; sum: string }>> {
  for (let before = new Map(), tries = 0; tries < 40; tries++) {
    await settled(site)
    const rows = await rowsOfPractice(site)
    if (isDeepStrictEqual(rows, before)) return rows
    before = rows
    await setTimeout(500)
  }
  throw new Error('the rows of the practice do not come to rest')
}

/** What each table holds of the practice, as a sum. Left out: the audit of what its owner asks, and emails that are tried again. */
async function rowsOfPractice(site: Site): Promise<Map<string, { n: number; sum: string }>> {
  const found = new Map<string, { n: number; sum: string }>()
  for (const name of SERVICES) {
    const { adminUrl } = await site.database(name)
    const tables = await rowsOf<{ name: string }>(
      adminUrl,
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'practice_id'
        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname not in ('audit', 'document_delivery')`,
    )
    for (const table of tables) {
      const [row] = await rowsOf<{ n: number; sum: string }>(
        adminUrl,
        `select count(*)::int as n, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum
           from ${table.name} t where practice_id = $1`,
        [site.practiceId],
      )
      found.set(`${name}.${table.name}`, row!)
    }
  }
  return found
}
