/**
 * Writes docs/system-map.md from the tables that the services run by: routes, rpc, reactions and event contracts.
 *   npm run system-map        writes the page
 * A test compares the page with what this makes, so it cannot fall behind.
 */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { EVENTS, type EventContract, SERVICES, type ServiceName } from '@praxisbus/contracts'
import type { Reaction, Route, RpcTable } from '@praxisbus/runtime'

interface Tables {
  readonly name: ServiceName
  readonly routes: readonly Route[]
  readonly rpc: RpcTable
  readonly reactions: readonly Reaction[]
}

export const SYSTEM_MAP = fileURLToPath(new URL('system-map.md', import.meta.url))

async function tablesOf(name: ServiceName): Promise<Tables> {
  const folder = new URL(`../services/${name}/src/`, import.meta.url)
  const load = async (file: string) => (await import(new URL(file, folder).href)) as Record<string, unknown>
  const { routes } = await load('routes.ts')
  const { rpc } = await load('rpc.ts')
  const { reactions } = await load('reactions.ts')
  return {
    name,
    routes: called(routes) as Route[],
    rpc: called(rpc) as RpcTable,
    reactions: called(reactions) as Reaction[],
  }
}

/** A table that is given its ports needs them only when a request or a fact comes. */
function called(table: unknown): unknown {
  return typeof table === 'function' ? table({}) : table
}

export async function systemMap(): Promise<string> {
  const services = await Promise.all(SERVICES.map(tablesOf))
  const consumersOf = ({ topic, version }: EventContract) =>
    services
      .filter(({ reactions }) =>
        reactions.some(({ contract }) => contract.topic === topic && contract.version === version),
      )
      .map(({ name }) => name)
  return [
    '# The system, as its tables say',
    '',
    'Written by `npm run system-map`; `npm test` fails where it is behind.',
    '',
    ...picture(consumersOf),
    '',
    '## Facts',
    '',
    '| topic | owner | key | kept | read by | says |',
    '|---|---|---|---|---|---|',
    ...EVENTS.map((event) => {
      const kept = event.compacted ? 'newest per key' : `${event.retentionDays} days`
      return `| \`${event.topic}\` v${event.version} | ${event.owner} | ${event.aggregate} | ${kept} | ${consumersOf(event).join(', ') || '–'} | ${event.description} |`
    }),
    ...services.flatMap(serviceTables),
    '',
  ].join('\n')
}

/** Who tells whom: arrows carry topics, so the picture stays readable only with one arrow per pair. */
function picture(consumersOf: (event: EventContract) => ServiceName[]): string[] {
  const pairs = new Map<string, string[]>()
  for (const event of EVENTS) {
    const { topic, owner } = event
    for (const reader of consumersOf(event)) {
      if (reader !== owner)
        pairs.set(`${owner} ${reader}`, [...(pairs.get(`${owner} ${reader}`) ?? []), topic])
    }
  }
  const arrows = [...pairs].map(([pair, topics]) => {
    const [owner, reader] = pair.split(' ')
    return `  ${owner} -- "${topics.join('<br>')}" --> ${reader}`
  })
  return ['```mermaid', 'flowchart LR', ...SERVICES.map((name) => `  ${name}(["${name}"])`), ...arrows, '```']
}

function serviceTables({ name, routes, rpc, reactions }: Tables): string[] {
  return [
    '',
    `## ${name}`,
    '',
    '| HTTP | permission | what |',
    '|---|---|---|',
    ...routes.map((route) => `| \`${route.endpoint}\` | ${guardOf(route)} | ${route.summary} |`),
    '',
    `| gRPC (${rpc.service}) | permission |`,
    '|---|---|',
    ...Object.entries(rpc.methods).map(([method, { permission }]) => `| \`${method}\` | ${permission} |`),
    '',
    `Reacts to: ${reactions.map(({ contract }) => `\`${contract.topic}\``).join(', ') || 'nothing'}.`,
  ]
}

function guardOf(route: Route): string {
  if (route.kind === 'webhook') return `signed by ${route.sender}`
  return route.kind === 'page' ? 'whoever holds the link' : route.permission
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(SYSTEM_MAP, await systemMap())
