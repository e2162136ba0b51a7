import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { explain } from './fault.ts'
import { startGround } from './index.ts'
import { REPOSITORY } from './maven.ts'
import { stopOnSignals } from './processes.ts'

const HELP = `Starts PostgreSQL, Kafka and Redis for many test runs to share, and stays until Ctrl-C.

  npm run ground                       prints the lines that a test run needs in its environment
  npm run ground -- --exports FILE     also writes them to FILE: source it where you run tests
  npm run ground -- --dir DIR          keeps its data in DIR (default .praxisbus/ground)
  npm run ground -- --fast             without fsync`

const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: join(REPOSITORY, '.praxisbus/ground') },
    fast: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
    exports: { type: 'string' }, // not --env-file: Node takes that for its own, wherever it stands,
  },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}

const ground = await startGround({
  dir: values.dir,
  durable: !values.fast,
  onProgress: (part, ms) => console.error(`${part} ready in ${(ms / 1000).toFixed(1)} s`),
}).catch((error: unknown) => {
  console.error(explain(error))
  process.exit(1)
})
const envFile = values.exports
stopOnSignals(async () => {
  await ground.stop()
  if (envFile) await rm(envFile, { force: true })
})
const lines = [
  `export DATABASE_ADMIN_URL='${ground.postgres.adminUrl}'`,
  `export KAFKA_BROKERS='${ground.kafka.brokers}'`,
  `export REDIS_URL='${ground.redis.url}'`,
].join('\n')
console.log(lines)
if (envFile) await writeFile(envFile, `${lines}\n`)
