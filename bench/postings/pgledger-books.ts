import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { delimiter } from 'node:path'
import { testGround } from '@praxisbus/testing'
import type pg from 'pg'
import { type PostingsTarget, withClient } from './books.ts'
import type { PgledgerTarget } from './pgledger.ts'
import { CHARGES, RECEIPTS } from './work.ts'

export interface PgledgerBooks {
  readonly target: PgledgerTarget
  /** What was measured: the beginning of the SHA-256 over its files. */
  readonly version: string
  tidy(): Promise<void>
  /** How many transfers it holds. */
  count(): Promise<number>
  close(): Promise<void>
}

/**
 * pgledger in a database of its own on the same server. It is had from its repository alone, so its SQL files are named by
 * `PGLEDGER_SQL` in the order in which they are to be run; undefined without it.
 */
export async function openPgledgerBooks({
  practiceId,
  bareUrl,
}: PostingsTarget): Promise<PgledgerBooks | undefined> {
  const files = process.env.PGLEDGER_SQL?.split(delimiter).filter(Boolean)
  if (!files?.length) return undefined
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')))
  const hash = texts.reduce((sum, text) => sum.update(text), createHash('sha256')).digest('hex')
  const server = testGround().postgres.adminUrl
  const name = `pgledger_${randomBytes(6).toString('hex')}`
  await withClient(server, (client) => client.query(`create database ${name}`))
  const url = new URL(bareUrl)
  url.pathname = `/${name}`
  const run = <T>(work: (client: pg.Client) => Promise<T>) => withClient(url.href, work)
  const close = () =>
    withClient(server, async (client) => void (await client.query(`drop database ${name} with (force)`)))
  try {
    const accounts = await run(async (client) => {
      for (const text of texts) await client.query(text)
      await client.query(OUTBOX)
      return fill(client)
    })
    return {
      target: { url: url.href, practiceId, ...accounts },
      version: hash.slice(0, 8),
      tidy: () => run(async (client) => void (await client.query('vacuum analyze'))),
      count: () =>
        run(async (client) => {
          const { rows } = await client.query<{ count: string }>('select count(*) from pgledger_transfers')
          return Number(rows[0]!.count) - RECEIPTS
        }),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** As in every service's database, for nobody's rows in particular. */
const OUTBOX = `
  create table outbox (
    id bigint generated always as identity primary key, practice_id uuid not null, event_id uuid not null unique, topic text not null,
    key text not null, type text not null, sequence bigint not null check (sequence > 0), headers jsonb not null, body text not null,
    recorded_at timestamptz not null default clock_timestamp(), published_at timestamptz, unique (topic, key, sequence, type));
  create index outbox_unpublished on outbox (id) where published_at is null`

/** Escrow accounts that may not go below zero, each with money, and an account for each charge. */
async function fill(client: pg.Client): Promise<Pick<PgledgerTarget, 'escrow' | 'receivable'>> {
  const open = async (count: number, allowNegative: boolean) => {
    const { rows } = await client.query<{ id: string }>(
      `select account.id from generate_series(1, $1::int) as number,
              lateral pgledger_create_account('account ' || number, 'USD', allow_negative_balance => $2) as account`,
      [count, allowNegative],
    )
    return rows.map((row) => row.id)
  }
  const [cash] = await open(1, true)
  const escrow = await open(RECEIPTS, false)
  const receivable = await open(CHARGES, true)
  await client.query(
    `select count(*) from pgledger_create_transfers(array(
       select row($1, id, 1000000000)::transfer_request from unnest($2::text[]) as id))`,
    [cash, escrow],
  )
  await client.query('vacuum analyze')
  return { escrow, receivable }
}
