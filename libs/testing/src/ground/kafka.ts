import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { GroundFault } from './fault.ts'
import { copyJars, DEFAULT_CACHE, fillOnce, findJava } from './maven.ts'
import { answers, freePorts, SERVER_PORTS } from './ports.ts'
import {
  explainCommon,
  launch,
  requireFreePort,
  runServer,
  type Server,
  waitForPredecessor,
  writePidFile,
} from './server.ts'

const VERSION = '4.1.1'
const run = promisify(execFile)

/** One node: no copies. 50 partitions each would take two cores several seconds to make. */
export const ONE_NODE = {
  'offsets.topic.num.partitions': 4,
  'offsets.topic.replication.factor': 1,
  'transaction.state.log.num.partitions': 2,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'share.coordinator.state.topic.num.partitions': 1,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
  'group.initial.rebalance.delay.ms': 0, // nothing to wait for where all members start together or later
  'broker.session.timeout.ms': 6000, // after a kill -9 the node waits this long for its own former self
  'log.cleaner.dedupe.buffer.size': 16 << 20, // the default takes 128 MB of the heap
  'log.index.size.max.bytes': 1 << 20,
} as const

export interface KafkaOptions {
  dataDir: string
  /** Default: a free one. */
  port?: number
  /** Where the jars are kept. Default: `.praxisbus/cache`. */
  cacheDir?: string
  /** Default: `<dataDir>.log`. */
  logFile?: string
  heapMb?: number
  /** false: compiled quickly rather than well, for runs of some minutes: it is there after half the work. Default true. */
  durable?: boolean
  /** Further ports to listen on, each made known to those who come in there as another one: a proxy's, that leads to it. */
  behind?: readonly { readonly port: number; readonly advertisedPort: number }[]
}

export interface KafkaServer extends Server {
  readonly port: number
  /** `host:port`, as KAFKA_BROKERS wants it. */
  readonly brokers: string
}

/** Starts one node of Kafka 4.1 (KRaft) on the loopback; formats the data folder when it is new, else goes on with it. */
export async function startKafka(options: KafkaOptions): Promise<KafkaServer> {
  const {
    dataDir,
    cacheDir = DEFAULT_CACHE,
    logFile = `${dataDir}.log`,
    heapMb = 512,
    durable = true,
  } = options
  if (options.port) await requireFreePort(options.port, 'Kafka', 'Stop that program, or choose another port.')
  const java = await findJava()
  const jars = await fillOnce(join(cacheDir, `kafka-${VERSION}`), (folder) =>
    copyJars(join(import.meta.dirname, 'kafka/pom.xml'), folder, `Kafka ${VERSION}`),
  )
  const [freeOne, controllerPort] = await freePorts(2, SERVER_PORTS)
  const port = options.port || freeOne!
  const pidFile = join(dataDir, 'kafka.pid')
  await waitForPredecessor(pidFile, dataDir, 'Kafka')
  const settings = await writeSettings(dataDir, port, controllerPort!, options.behind)
  const jvm = [...(durable ? [] : ['-XX:TieredStopAtLevel=1']), ...(await jvmArgs(jars))]
  await formatOnce(dataDir, java, jvm, settings)
  const brokers = `127.0.0.1:${port}`
  const start = async () => {
    const server = await launch({
      name: 'Kafka',
      command: java,
      args: [`-Xmx${heapMb}m`, ...jvm, 'kafka.Kafka', settings],
      env: javaEnvironment(),
      logFile,
      ready: () => coordinates(port),
      readyTimeoutMs: 90_000,
      pauseMs: 100,
      explain: explainKafka,
    })
    await writePidFile(pidFile, server)
    return server
  }
  const server = await runServer(start, logFile)
  return Object.assign(server, { port, brokers })
}

async function writeSettings(
  dataDir: string,
  port: number,
  controllerPort: number,
  behind: KafkaOptions['behind'] = [],
): Promise<string> {
  const more = (text: (of: (typeof behind)[number], name: string) => string) =>
    behind.map((of, index) => `,${text(of, `PROXY${index}`)}`).join('')
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}${more((of, name) => `${name}://127.0.0.1:${of.port}`)}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}${more((of, name) => `${name}://127.0.0.1:${of.advertisedPort}`)}`,
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': `PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT${more((_, name) => `${name}:PLAINTEXT`)}`,
    'log.dirs': join(dataDir, 'log'),
    'auto.create.topics.enable': false,
    ...ONE_NODE,
  }
  await mkdir(dataDir, { recursive: true })
  const file = join(dataDir, 'server.properties')
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${propertyValue(String(value))}`)
  await writeFile(file, `${lines.join('\n')}\n`)
  return file
}

/** Java reads the file as Latin-1: a folder with an umlaut in its name would become another one. */
export function propertyValue(text: string): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return text.replaceAll('\\', '\\\\').replaceAll(/[^ -~]/g, escaped)
}

/** In a locale without UTF-8, as most containers have it, Java finds no file whose path has an umlaut. */
const javaEnvironment = () => ({ ...process.env, LC_ALL: 'C.UTF-8' })

async function jvmArgs(jars: string): Promise<string[]> {
  const classpath = (await readdir(jars)).filter((name) => name.endsWith('.jar')).sort()
  return [
    '-XX:+UseSerialGC',
    '-XX:+ExitOnOutOfMemoryError',
    '-Djava.awt.headless=true',
    `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'kafka/log4j2.xml')}`,
    '-cp',
    classpath.map((name) => join(jars, name)).join(delimiter),
  ]
}

/** The mark is written last, so a format cut short is done again. */
async function formatOnce(dataDir: string, java: string, jvm: string[], settings: string): Promise<void> {
  const mark = join(dataDir, 'formatted')
  if (await stat(mark).catch(() => undefined)) return
  await rm(join(dataDir, 'log'), { recursive: true, force: true })
  const clusterId = `P${randomBytes(16).toString('base64url').slice(1)}` // 16 bytes; a leading '-' would be taken for an option
  const args = [...jvm, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', settings]
  await run(java, args, { env: javaEnvironment() }).catch(
    (error: Error & { stdout?: string; stderr?: string }) => {
      const said = `${error.stdout ?? ''}${error.stderr ?? ''}`
      throw (
        explainCommon(said, 'Kafka') ??
        new GroundFault(`Kafka could not format ${dataDir}:\n${said.trim()}`, 'Is the folder writable?', {
          cause: error,
        })
      )
    },
  )
  await writeFile(mark, `${VERSION}\n`)
}

/**
 * An open port is not yet a broker that serves groups. Asking it for a coordinator makes the offsets topic, and from then on
 * no client meets COORDINATOR_NOT_AVAILABLE, which kafkajs does not always outlast. Asked by hand, as kafkajs 2.2 makes
 * Node 26 print a warning (a negative timer) at its first request.
 */
export function coordinates(port: number): Promise<boolean> {
  const errorCode = (answer: Buffer) => answer.readInt16BE(12) // after length, correlation id and throttle time
  return answers(port, FIND_COORDINATOR, (answer) => answer.length >= 14 && errorCode(answer) === 0)
}

/** Whether any Kafka is there, also one that is still electing its coordinators. */
export function speaksKafka(host: string, port: number): Promise<boolean> {
  const sameCorrelationId = (answer: Buffer) => answer.length >= 8 && answer.readInt32BE(4) === CORRELATION_ID
  return answers(port, FIND_COORDINATOR, sameCorrelationId, host)
}

const CORRELATION_ID = 1

/** FindCoordinator (key 10) version 2, of a consumer group (key type 0). */
const FIND_COORDINATOR = (() => {
  const text = (value: string) => [0, value.length, ...Buffer.from(value)]
  const request = [0, 10, 0, 2, 0, 0, 0, CORRELATION_ID, ...text('praxisbus'), ...text('is-it-ready'), 0]
  return Buffer.from([0, 0, 0, request.length, ...request])
})()

export function explainKafka(log: string): GroundFault | undefined {
  if (/Failed to acquire lock on file/.test(log)) {
    return new GroundFault('Another Kafka already runs on this data folder.', 'Stop that run first.')
  }
  const damage =
    /^.*(?:InconsistentClusterId|InconsistentMetadata|Incompatible|UnsupportedVersion|CorruptRecord|meta\.properties|node ID not found|Error loading metadata).*$/im.exec(
      log.slice(Math.max(0, log.search(/ (?:ERROR|FATAL) /))),
    )
  if (!damage || !/ (?:ERROR|FATAL) /.test(log)) return undefined
  return new GroundFault(
    `Kafka cannot go on with this data folder: another version made it, or it is damaged.\n  ${damage[0].trim().slice(0, 300)}`,
    'To begin anew without the data in it: npm start -- --fresh',
  )
}
