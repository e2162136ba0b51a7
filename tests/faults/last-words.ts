import type { RunningService } from '@praxisbus/testing'
import { lastLines } from '@praxisbus/testing/ground/server.ts'
import type { Trial } from './scenario.ts'

const LINES = 40

/** For whoever looks into a failure: what each process logged last. */
export async function sayLastWords({ say }: Trial, services: readonly RunningService[]): Promise<void> {
  for (const service of services) {
    const lines = lastLines(await service.logs(), LINES).map((line) => line.slice(0, 300))
    say(`last words of ${service.name} (${service.httpUrl}):\n${lines.join('\n')}`)
  }
}
