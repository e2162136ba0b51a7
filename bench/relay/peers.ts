import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { spawnManaged, type TestDatabase, testFolder, testGround, waitFor } from '@praxisbus/testing'
import { copyJars, DEFAULT_CACHE, fillOnce, findJava } from '@praxisbus/testing/ground/maven.ts'
import pg from 'pg'
import { installPeers, PEERS } from '../install-peers.ts'
import { startPart } from './child.ts'
import type { WatchedTopic } from './watch.ts'

const run = promisify(execFile)

export interface Running {
  readonly pid: number
  stop(): Promise<void>
}

export interface Where {
  readonly database: TestDatabase
  readonly topic: WatchedTopic
}

/** Runs statements one by one: making a slot wants a transaction of its own. */
export async function asAdmin(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

export const slotOf = (database: TestDatabase) => new URL(database.adminUrl).pathname.slice(1)

export const makeSlot = (database: TestDatabase, publication: string, table: string) =>
  asAdmin(
    database.adminUrl,
    `create publication ${publication} for table ${table} with (publish = 'insert')`,
    `select pg_create_logical_replication_slot('${slotOf(database)}', 'pgoutput')`,
  )

/** The server lets go of a slot a moment after its reader has gone. */
export async function dropSlot(database: TestDatabase): Promise<void> {
  const drop = () => asAdmin(database.adminUrl, `select pg_drop_replication_slot('${slotOf(database)}')`)
  await waitFor(() => drop().then(() => true), 15_000, 'the slot to be free')
}

export interface DebeziumSettings {
  readonly pollMs: number
  /** How long Kafka's producer waits for more to send together. */
  readonly lingerMs: number
}

/** Tails the slot of that database, which `makeSlot(database, 'tailed', 'outbox')` made. */
export async function startDebezium(
  { database, topic }: Where,
  settings: DebeziumSettings,
): Promise<Running> {
  const folder = await testFolder('debezium')
  const files = {
    connector: join(folder, 'connector.properties'),
    producer: join(folder, 'producer.properties'),
  }
  await writeFile(files.connector, properties(connector(database, settings)))
  await writeFile(files.producer, properties(producer(settings)))
  const logFile = join(folder, 'debezium.log')
  const java = await findJava()
  const process = await spawnManaged({
    name: 'Debezium',
    command: java,
    args: [
      ...[
        '-Xms256m',
        '-Xmx512m',
        '-XX:+UseSerialGC',
        '-cp',
        `${await debeziumClasses()}/*:${await debeziumClasses()}`,
      ],
      ...['DebeziumRelay', files.connector, files.producer, topic.prefix],
    ],
    logFile,
  })
  await waitFor(
    async () => {
      if (!process.running) throw new Error(await readFile(logFile, 'utf8'))
      return (await readFile(logFile, 'utf8')).includes('polling')
    },
    60_000,
    'Debezium to poll',
  )
  return { pid: process.pid, stop: async () => void (await process.stop()) }
}

async function debeziumClasses(): Promise<string> {
  const [pom, source] = ['pom.xml', 'DebeziumRelay.java'].map((name) => join(PEERS, name)) as [string, string]
  const hash = createHash('sha256')
  for (const file of [pom, source]) hash.update(await readFile(file))
  return await fillOnce(
    join(DEFAULT_CACHE, `debezium-${hash.digest('hex').slice(0, 12)}`),
    async (folder) => {
      await copyJars(pom, folder, 'Debezium')
      await run('javac', ['-cp', `${folder}/*`, '-d', folder, source])
    },
  )
}

function connector({ adminUrl }: TestDatabase, { pollMs }: DebeziumSettings): Record<string, unknown> {
  const { hostname, port, username, password, pathname } = new URL(adminUrl)
  return {
    name: 'bench',
    'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
    'offset.storage': 'org.apache.kafka.connect.storage.MemoryOffsetBackingStore',
    'offset.flush.interval.ms': 1_000,
    'topic.prefix': 'bench',
    'database.hostname': hostname,
    'database.port': port,
    'database.user': decodeURIComponent(username),
    'database.password': decodeURIComponent(password),
    'database.dbname': pathname.slice(1),
    'plugin.name': 'pgoutput',
    'slot.name': pathname.slice(1),
    'publication.name': 'tailed',
    'publication.autocreate.mode': 'disabled',
    'table.include.list': 'public.outbox',
    'snapshot.mode': 'no_data',
    'poll.interval.ms': pollMs,
    'max.batch.size': 2_048,
    'max.queue.size': 16_384,
  }
}

function producer({ lingerMs }: DebeziumSettings): Record<string, unknown> {
  return {
    'bootstrap.servers': testGround().kafka.brokers,
    acks: 'all',
    'linger.ms': lingerMs,
    'batch.size': 262_144,
    'buffer.memory': 67_108_864,
  }
}

const properties = (settings: Record<string, unknown>) =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')

export interface OtherOutboxSettings {
  readonly listener: 'replication' | 'polling'
  readonly pollMs?: number
}

/** The tables, function, publication and slot of npm `pg-transactional-outbox`, as its own set-up writes them. */
export async function makeOtherOutbox(database: TestDatabase): Promise<void> {
  await installPeers()
  const { DatabaseSetup } = createRequire(join(PEERS, 'package.json'))('pg-transactional-outbox')
  const names = {
    outboxOrInbox: 'outbox',
    schema: 'other',
    table: 'outbox',
    nextMessagesName: 'next_messages',
  }
  await asAdmin(
    database.adminUrl,
    DatabaseSetup.dropAndCreateTable(names),
    DatabaseSetup.createPollingFunction(names),
    DatabaseSetup.setupPollingIndexes(names),
  )
  await makeSlot(database, 'other', 'other.outbox')
}

export function startOtherOutbox(
  { database, topic }: Where,
  settings: OtherOutboxSettings,
): Promise<Running> {
  return startPart('peers/pg-transactional-outbox.mjs', {
    adminUrl: database.adminUrl,
    brokers: testGround().kafka.brokers,
    topicPrefix: topic.prefix,
    ...settings,
  })
}
