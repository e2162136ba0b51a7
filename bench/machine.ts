import { readFile } from 'node:fs/promises'
import { availableParallelism, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { REPOSITORY } from '@praxisbus/testing/ground/maven.ts'
import pg from 'pg'

/** What figures depend on, in one line, and nothing that tells whose machine it is. */
export async function machineLine(postgresUrl: string, kafkaIsOurs: boolean): Promise<string> {
  const memoryGib = Math.round(totalmem() / 2 ** 30)
  const kernel = release().split('-')[0]
  const kafka = kafkaIsOurs ? `Kafka ${await kafkaVersion()}, one node` : 'a Kafka named by the environment'
  const date = Temporal.Now.plainDateISO('UTC').toString()
  return (
    `${date}: ${availableParallelism()} cores, ${memoryGib} GiB, ${type()} ${kernel}; Node ${process.versions.node}, ` +
    `PostgreSQL ${await postgresVersion(postgresUrl)} (fsync on, synchronous_commit on), ${kafka}.`
  )
}

async function postgresVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ version: string }>(
      `select current_setting('server_version') as version`,
    )
    return rows[0]!.version.split(' ')[0]!
  } finally {
    await client.end()
  }
}

async function kafkaVersion(): Promise<string> {
  const pom = await readFile(join(REPOSITORY, 'libs/testing/src/ground/kafka/pom.xml'), 'utf8')
  return /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([^<]+)</.exec(pom)![1]!
}
