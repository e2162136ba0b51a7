import type { RunningService } from '@praxisbus/testing'
import { lastLines } from '@praxisbus/testing/ground/server.ts'

/** For whoever looks into a failure: what each process logged last. */
export async function lastWords(services: readonly RunningService[], lines: number): Promise<string> {
  const words = services.map(async (service) => {
    const last = lastLines(await service.logs(), lines).map((line) => `  ${line.slice(0, 300)}`)
    return [`${service.name} (${service.httpUrl}) logged last:`, ...last].join('\n')
  })
  return (await Promise.all(words)).join('\n')
}
