import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import {
  type Answer,
  type Api,
  COMPILED,
  type RunningService,
  type TestDatabase,
  testGround,
} from '@praxisbus/testing'
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { type Closing, withClose } from '../closing.ts'
import { openSite, type Site } from '../outage/site.ts'
import { named, rowsOf } from '../rows.ts'

/** A scheduler that publishes patients, and two replicas of the EHR that copy them. */
export interface Ward {
  readonly site: Site
  readonly desk: Api
  readonly databases: { readonly scheduler: TestDatabase; readonly ehr: TestDatabase }
  readonly readers: readonly RunningService[]
  /** Puts bytes on the topic of patients, as somebody might who should not. */
  publish(message: { key: string | Buffer; body: Buffer; headers: Record<string, string> }): Promise<void>
  readonly topic: string
  close(): Promise<void>
}

export const openWard = (): Promise<Ward> => withClose(start)

async function start(closing: Closing): Promise<Omit<Ward, 'close'>> {
  const site = await openSite(testGround(), 2)
  closing.push(site.close)
  const databases = { scheduler: await site.database('scheduler'), ehr: await site.database('ehr') }
  const [scheduler, ...readers] = await Promise.all([
    site.start('scheduler'),
    ...['ehr-1', 'ehr-2'].map((name) =>
      site.start('ehr', { DATABASE_URL: named(databases.ehr.appUrl, name) }),
    ),
  ])
  const producer = new Kafka({ brokers: site.brokers.split(','), logLevel: logLevel.NOTHING }).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  closing.push(() => producer.disconnect())
  const topic = `${site.topicPrefix}patient.changed`
  return {
    site,
    desk: await site.api(scheduler!),
    databases,
    readers,
    topic,
    publish: async ({ body, ...rest }) => {
      await producer.send({ topic, acks: -1, messages: [{ ...rest, value: body }] })
    },
  }
}

export async function fine(asked: Promise<Answer>): Promise<Answer> {
  const answer = await asked
  if (answer.status >= 300) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer
}

/** The operator's command line, as an operator calls it. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of the command line, checked where it is used
export async function parked({ databases }: Ward, ...words: string[]): Promise<any> {
  const main = join(import.meta.dirname, '../../../libs/operator/src/main.ts')
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [main, 'parked', ...words, '--service', 'ehr', '--json'],
    {
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: COMPILED,
        RELAY_DATABASE_URL: databases.ehr.relayUrl,
      },
    },
  )
  return JSON.parse(stdout)
}

/**
 * Makes the EHR's database refuse records of some patients, or take so long for them that the process which waits can be
 * killed meanwhile: a fault of this service, not of the message, and it can be mended.
 */
export async function plantPoison({ databases }: Ward): Promise<void> {
  await rowsOf(
    databases.ehr.adminUrl,
    `create table poison (id uuid primary key, kind text not null);
     create function meet_poison() returns trigger language plpgsql security definer as $$
     declare
       found text := (select kind from poison where id = new.id);
     begin
       if found = 'throws' then raise exception 'the EHR cannot digest this'; end if;
       if found = 'kills' then perform pg_sleep(60); end if;
       return new;
     end $$;
     create trigger meet_poison before insert or update on patient_replica for each row execute function meet_poison()`,
  )
}

export interface Killing {
  /** Processes that died so far. */
  deaths(): number
  /** When those that died are back. */
  allThere(): Promise<void>
  stop(): Promise<void>
}

/** Ends with -9 whichever process handles a patient that kills, and starts it again, until stopped. */
export function startKilling({ databases, readers }: Ward): Killing {
  let over = false
  const restarts: Promise<void>[] = []
  const allThere = async () => {
    await Promise.all(restarts)
  }
  const work = (async () => {
    while (!over) {
      const victims = await rowsOf<{ pid: number; name: string }>(
        databases.ehr.adminUrl,
        `select pid, application_name as name from pg_stat_activity
          where datname = current_database() and wait_event = 'PgSleep'`,
      )
      for (const { pid, name } of victims) {
        const reader = readers[Number(name.slice('ehr-'.length)) - 1]!
        await reader.kill9()
        // Else its transaction stays open until the sleep is over.
        await rowsOf(databases.ehr.adminUrl, 'select pg_terminate_backend($1)', [pid])
        restarts.push(reader.restart())
      }
      await sleep(50)
    }
    await allThere()
  })()
  work.catch(() => undefined)
  return {
    deaths: () => restarts.length,
    allThere,
    stop: async () => {
      over = true
      await work
    },
  }
}
