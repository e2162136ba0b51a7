import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { database, type TestDatabase } from '@praxisbus/testing'
import { z } from 'zod'
import { type Database, openDatabase } from './db.ts'
import { read, runCommand } from './http/command.ts'
import { command } from './http/route.ts'
import { newId } from './ids.ts'
import { refuse } from './refusal.ts'
import { sql } from './sql.ts'

/** Decision 11: how often a request waits for PostgreSQL, counted on the wire. */
const SYNC = Buffer.from([0x53, 0, 0, 0, 4])

let clone: TestDatabase
let db: Database
let wire: Awaited<ReturnType<typeof countingWire>>
const practiceId = newId()
const principal = {
  userId: 'clerk',
  name: 'Clerk',
  practiceId,
  permissions: new Set<string>(),
  roles: [],
  token: '',
}

beforeAll(async () => {
  clone = await database('runtime')
  wire = await countingWire(new URL(clone.appUrl))
  db = openDatabase(wire.url, { max: 1 })
})
afterAll(async () => {
  await db.close()
  await wire.close()
  await clone.drop()
})

/** Those that had been begun when the answer was there. Counted the second time, when a connection and its statements are ready. */
async function roundTrips(work: () => Promise<unknown>): Promise<number> {
  await work()
  // There is one turn: this one comes when the end of the last transaction is there.
  await db.plain((tx) => tx.run(sql`select`))
  const before = wire.syncs()
  await work()
  return wire.syncs() - before
}

const count = sql`select count(*) as count from audit`

test('a query that shows a record waits twice: for the record, and for the entry in the audit trail', async () => {
  const shown = () =>
    read(db, principal, async (ctx) => {
      ctx.audit('note', 'n')
      return ctx.tx.one<{ count: number }>(count)
    })
  expect(await roundTrips(shown)).toBe(2)
  // Each entry is there before the next answer, whoever looks.
  const { count: first } = await shown()
  expect(await shown()).toEqual({ count: first + 1 })
})

test('a query that shows a record as it was found waits once, with the same entry', async () => {
  const id = newId()
  const shown = (row: string) =>
    read(db, principal, (ctx) =>
      ctx.shown<{ id: string }>('note', sql`id`, sql`select ${id}::uuid as id where ${row} = 'there'`),
    )
  expect(await roundTrips(() => shown('there'))).toBe(1)
  expect(await shown('missing')).toEqual([])
  const entries = await db.read(practiceId, (tx) =>
    tx.many(sql`select user_id, action, record_type from audit where record_id = ${id}`),
  )
  expect(entries).toEqual(Array(2).fill({ userId: 'clerk', action: 'read', recordType: 'note' }))
})

test('a query that shows none waits once', async () => {
  expect(await roundTrips(() => read(db, principal, (ctx) => ctx.tx.one(count)))).toBe(1)
})

const note = (refuses: boolean) =>
  command({
    endpoint: 'POST /v1/notes',
    permission: 'patient.write',
    summary: 'Take a note',
    output: z.object({ count: z.int() }),
    run: async (ctx) => {
      ctx.audit('note', 'n', 'note')
      const { count: notes } = await ctx.tx.one<{ count: number }>(count)
      return refuses ? refuse('no', { detail: 'No.', next: 'Do not.' }) : { count: notes }
    },
    refusals: { no: 409 },
  })
const run = (refuses: boolean, key = newId()) =>
  runCommand(
    db,
    { route: note(refuses), principal, input: {}, idempotency: { key, requestHash: Buffer.alloc(32) } },
    () => undefined,
  )

test('a command of one statement waits twice: lock, kept answer and statement; then all that is written, and the commit', async () => {
  expect(await roundTrips(() => run(false))).toBe(2)
})

test('a repeated one waits for the kept answer and the end', async () => {
  const key = newId()
  await run(false, key)
  expect(await roundTrips(() => run(false, key))).toBe(2)
})

test('a refused one needs a second transaction for its answer', async () => {
  expect(await roundTrips(() => run(true))).toBe(4)
})

async function countingWire(target: URL) {
  let syncs = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    const upstream = connect(Number(target.port), target.hostname)
    for (const each of [socket, upstream]) {
      sockets.add(each)
      each.on('error', () => undefined)
    }
    socket.on('data', (data: Buffer) => {
      for (let at = data.indexOf(SYNC); at >= 0; at = data.indexOf(SYNC, at + SYNC.length)) syncs++
    })
    socket.pipe(upstream).pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: url.href,
    syncs: () => syncs,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
