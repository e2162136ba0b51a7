import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CACHE, lookUp } from './machine.mjs'

const WITHOUT_SERVERS = ['doctor', 'day']
const ASKS_ONLY = ['--help', '-h', '--version']

/**
 * What this machine lacks for the verb, each with its cure; all at once, and before the first download.
 * `env` decides what is needed: no Java where KAFKA_BROKERS names a Kafka.
 */
export async function missing(verb, args, env = process.env, look = lookUp) {
  const found = []
  const major = Number(process.versions.node.split('.')[0])
  if (major < 20)
    found.push({ what: `Node 20 or newer (this is ${process.version})`, cure: 'https://nodejs.org has it.' })
  if (!(await look('npm', ['--version']))) {
    found.push({
      what: 'npm',
      cure: 'It comes with Node from https://nodejs.org; Debian, Ubuntu: apt-get install npm',
    })
  }
  if (WITHOUT_SERVERS.includes(verb) || args.some((arg) => ASKS_ONLY.includes(arg))) return found
  if (env.PRAXISBUS_GROUND === 'containers') return found
  return [...found, ...(await missingForServers(env, look))]
}

async function missingForServers(env, look) {
  const found = []
  if (!env.KAFKA_BROKERS) {
    const java = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin/java') : 'java'
    const version = javaMajor((await look(java, ['-version'])) ?? '')
    if (!(version >= 17)) {
      const what = version
        ? `JDK 17 or newer for Kafka (${java} is ${version})`
        : 'JDK 17 or newer, for Kafka'
      found.push({
        what,
        cure: `Debian, Ubuntu: apt-get install openjdk-17-jdk-headless · macOS: brew install openjdk@17`,
      })
    }
  }
  const kafkaToFetch = !env.KAFKA_BROKERS && !existsSync(join(CACHE, 'kafka-4.1.1'))
  const redisToFetch =
    !env.REDIS_URL && !existsSync(join(CACHE, 'redis-6.2')) && !(await look('redis-server', ['--version']))
  if ((kafkaToFetch || redisToFetch) && !(await look('mvn', ['--version']))) {
    const parts = [kafkaToFetch && 'Kafka', redisToFetch && 'Redis'].filter(Boolean).join(' and ')
    const cure = 'Debian, Ubuntu: apt-get install maven · macOS: brew install maven'
    found.push({ what: `Maven (mvn), which fetches ${parts} once`, cure })
  }
  return found
}

/** `openjdk version "17.0.15"` -> 17; `java version "1.8.0_402"` -> 8; undefined where there is none. */
export function javaMajor(text) {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(text) ?? []
  if (!first) return undefined
  return Number(first === '1' ? second : first)
}
