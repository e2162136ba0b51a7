import assert from 'node:assert/strict'
import { SERVICES, type ServiceName } from '@praxisbus/contracts'
import { newId } from '@praxisbus/runtime'
import { api, testGround } from '@praxisbus/testing'
import { type Person, until } from '../../system/clinic.ts'
import { playPractice } from '../isolation/played.ts'
import { probeForeignPractice, probeReads, probeRpc, probeWrites } from '../isolation/probe.ts'
import { idsIn, textOf } from '../isolation/recorded.ts'
import { allTables } from '../isolation/tables.ts'
import { type Site, withSite } from '../outage/site.ts'
import { rowsOf } from '../rows.ts'
import type { Scenario, Trial } from '../scenario.ts'

export default {
  name: 'isolation',
  about:
    'A practice works for a while; somebody of another one asks every route and every gRPC method with its ids, and sends again all that it sent: nothing of it is seen or changed.',
  run: (trial) => withSite(testGround(), (site) => play(trial, site)),
} satisfies Scenario

async function play({ random, say }: Trial, site: Site): Promise<string[]> {
  const services = Object.fromEntries(
    await Promise.all(SERVICES.map(async (name) => [name, await site.start(name)] as const)),
  ) as Record<ServiceName, Awaited<ReturnType<Site['start']>>>
  const otherId = newId()
  const tokens = { owner: await site.token(), stranger: await site.token({ practiceId: otherId }) }
  const person = (token: string, practiceId?: string) =>
    Object.fromEntries(
      SERVICES.map((name) => [name, api(services[name].httpUrl, token, practiceId)]),
    ) as Person
  const [owner, stranger] = [person(tokens.owner), person(tokens.stranger)]
  say('a practice works')
  const requests = await playPractice(owner)
  const everything = requests.map(({ path, answer }) => `${path} ${textOf(answer)}`).join('\n')
  const ids = random.shuffled([...idsIn(everything)].filter((id) => id !== otherId))
  const known = { ids, requests }
  await settled(site)
  const before = await rowsOfPractice(site)
  say(`${requests.length} requests were made, ${ids.length} ids are known; a stranger asks`)
  await setUpOther(stranger)
  const counts = { reads: 0, writes: 0, foreign: 0, rpc: 0 }
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
  for (const { service, routes } of await allTables())
    counts.writes += await probeWrites(service, routes, stranger[service], known)
  await settled(site)
  assert.deepEqual(await rowsOfPractice(site), before, 'the rows of the practice')
  const rows = [...before.values()].reduce((sum, { n }) => sum + n, 0)
  return [
    `${counts.reads} questions by HTTP, ${counts.rpc} by gRPC and ${counts.writes} commands of a stranger: no id and no name of the practice was seen`,
    `${counts.foreign} routes asked for a practice that is not one's own: 403`,
    `${rows} rows of the practice in ${before.size} tables are as they were`,
  ]
}

async function setUpOther({ scheduler, imaging, ehr }: Person): Promise<void> {
  const products = { scheduler: true, ehr: true, billing: true, imaging: true }
  await scheduler.put('/v1/practice', { name: 'Elsewhere', timeZone: 'Europe/Berlin', products })
  const known = async () => {
    const template = { name: newId(), plugins: ['narrative'], signerRoles: ['Therapist'] }
    const answers = [
      await ehr.post('/v1/templates', template),
      await imaging.post('/v1/scan-batches', { type: 'other' }),
    ]
    return answers.map(({ status }) => status)
  }
  await until(known, (statuses) => statuses[0] === 201, 'the other practice to be known')
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
