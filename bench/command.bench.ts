import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import { type Child, startChild } from './calls/child.ts'
import type { CommandLoad } from './calls/command-ours.ts'
import type { InsertLoad } from './calls/command-peer.ts'
import { rate } from './calls/load.ts'
import { inTurnWarm } from './calls/pairs.ts'
import { PATIENT } from './calls/patient-record.ts'
import { type Ground, openTarget } from './calls/scheduler-database.ts'
import type { Bench, Comparison } from './comparison.ts'

const PAIRS = 9
const CALLERS = [1, 8, 16]
const COMMANDS = 1_000
const WARM_UP_COMMANDS = 2_000
const AIM = { ratio: 'at least', value: 0.6 } as const

/** Every commit waits for the disk, on both sides. */
const bench: Bench = {
  name: 'command',
  about:
    'One command that writes a row, its fact, an audit entry and the answer kept for its Idempotency-Key, in commits per second.',
  async run(say) {
    const ground = await openTarget()
    const children: Child[] = []
    try {
      for (const file of ['command-ours.ts', 'command-peer.ts'])
        children.push(await startChild(`./${file}`, ground.target))
      return await compareAll(children as [Child, Child], ground, say)
    } finally {
      for (const child of children) await child.stop()
      await ground.close()
    }
  },
}
export default bench

type Rate = (commands: number, callers: number) => Promise<number>

async function compareAll(
  [ours, theirs]: [Child, Child],
  ground: Ground,
  say: (line: string) => void,
): Promise<Comparison[]> {
  const port = await ours.ask<number>('port')
  const command =
    (route: CommandLoad['route']): Rate =>
    (commands, callers) =>
      ours.ask({ commands, callers, route } satisfies CommandLoad)
  const inserts =
    (tables: InsertLoad['tables']): Rate =>
    (commands, callers) =>
      theirs.ask({ commands, callers, tables } satisfies InsertLoad)
  const http: Rate = (commands, callers) => rateOverHttp(port, ground.target.token, commands, callers)
  const rows: [what: string, ours: Rate, peer: string, theirs: Rate, aim?: typeof AIM][] = [
    ['runCommand', command('insert'), 'two INSERTs into the same tables', inserts('same'), AIM],
    ['runCommand', command('insert'), 'two INSERTs into bare tables', inserts('bare')],
    [
      'the scheduler’s POST /v1/patients',
      command('register'),
      'two INSERTs into the same tables',
      inserts('same'),
    ],
    ['the same over HTTP', http, 'two INSERTs into the same tables', inserts('same')],
  ]
  const comparisons: Comparison[] = []
  for (const [what, mine, peer, other, aim] of rows) {
    for (const callers of CALLERS) {
      say(`${what}, ${callers} at once: ${PAIRS} pairs of ${COMMANDS}`)
      const pairs = await inPairs(mine, other, callers, ground.analyze)
      comparisons.push({ what: `${what}, ${callers} at once`, peer, unit: '1/s', ...pairs, aim })
    }
  }
  return comparisons
}

async function inPairs(mine: Rate, other: Rate, callers: number, analyze: Ground['analyze']) {
  for (const side of [mine, other]) await side(WARM_UP_COMMANDS, callers)
  await analyze()
  return inTurnWarm(
    PAIRS,
    () => mine(COMMANDS, callers),
    () => other(COMMANDS, callers),
  )
}

async function rateOverHttp(port: number, token: string, commands: number, callers: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers })
  const body = JSON.stringify(PATIENT)
  const post = () =>
    new Promise<void>((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'idempotency-key': randomUUID(),
      }
      request(
        { host: '127.0.0.1', port, path: '/v1/patients', method: 'POST', agent, headers },
        (response) => {
          response
            .resume()
            .on('end', () =>
              response.statusCode === 201 ? resolve() : reject(new Error(`answered ${response.statusCode}`)),
            )
        },
      )
        .on('error', reject)
        .end(body)
    })
  try {
    return await rate(commands, callers, post)
  } finally {
    agent.destroy()
  }
}
