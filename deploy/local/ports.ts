import { setTimeout as sleep } from 'node:timers/promises'
import { isPortFree } from '@praxisbus/testing/ground/ports.ts'
import { Fault } from './fault.ts'
import { type Home, SERVICES } from './home.ts'

export interface NamedPort {
  readonly part: string
  readonly port: number
}

/** The ports that a run will open; not those of servers that the environment names. */
export function wantedPorts({ ports }: Home, env: NodeJS.ProcessEnv): NamedPort[] {
  const own = (name: string) => env[name] !== undefined && env[name] !== ''
  const ownDatabases =
    own('DATABASE_ADMIN_URL') || SERVICES.every((name) => own(`DATABASE_URL_${name.toUpperCase()}`))
  return [
    { part: 'the issuer', port: ports.issuer },
    ...SERVICES.map((name) => ({ part: `${name} (HTTP)`, port: ports.http[name] })),
    { part: 'the mail server', port: ports.smtp },
    { part: 'the payment partner', port: ports.paymentPartner },
    { part: 'the stand-in for Google', port: ports.google },
    ...(ownDatabases ? [] : [{ part: 'PostgreSQL', port: ports.postgres }]),
    ...(own('REDIS_URL') ? [] : [{ part: 'Redis', port: ports.redis }]),
    ...(own('KAFKA_BROKERS') ? [] : [{ part: 'Kafka', port: ports.kafka }]),
    ...SERVICES.map((name) => ({ part: `${name} (gRPC)`, port: ports.grpc[name] })),
  ]
}

/**
 * Throws one fault that names every port taken by another program. `patienceMs`: how long to wait first for the parts of a
 * run that was killed a moment ago, which its reaper is still ending.
 */
export async function requireFreePorts(wanted: readonly NamedPort[], patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const free = await Promise.all(wanted.map(({ port }) => isPortFree(port)))
    const taken = wanted.filter((_, index) => !free[index])
    if (taken.length === 0) return
    if (performance.now() > deadline) throw portsTaken(taken)
    await sleep(250)
  }
}

function portsTaken(taken: readonly NamedPort[]): Fault {
  const list = taken.map(({ part, port }) => `${port} (wanted by ${part})`).join(', ')
  const one = taken.length === 1
  return new Fault(
    `${one ? 'Port' : 'Ports'} ${list} ${one ? 'is' : 'are'} taken by another program.`,
    '`ss -ltnp` (macOS: `lsof -iTCP -sTCP:LISTEN`) shows which; stop it, or move Praxisbus: PRAXISBUS_PORT_BASE=5100 npm start',
  )
}
