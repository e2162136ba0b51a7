import { fileURLToPath } from 'node:url'
import { credentials, loadPackageDefinition, Metadata, type ServiceClientConstructor } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import type { Target } from './scheduler-database.ts'

const PROTO = fileURLToPath(new URL('../../protos/scheduler.proto', import.meta.url))

export function schedulerService(): ServiceClientConstructor {
  const loaded = loadPackageDefinition(loadSync(PROTO, { longs: Number, enums: String, defaults: true }))
  const { scheduler } = loaded.praxisbus as unknown as {
    scheduler: { v1: { Scheduler: ServiceClientConstructor } }
  }
  return scheduler.v1.Scheduler
}

/** Asks for the same patient again and again, with the same metadata whoever is asked. */
export function patientClient(port: number, { token, practiceId, patientId }: Target) {
  const client = new (schedulerService())(`127.0.0.1:${port}`, credentials.createInsecure())
  const ask = (): Promise<unknown> => {
    const metadata = new Metadata()
    metadata.set('authorization', `Bearer ${token}`)
    metadata.set('praxisbus-practice', practiceId)
    metadata.set('traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')
    return new Promise((resolve, reject) =>
      client.GetPatient!({ patientId }, metadata, (error: Error | null, answer: unknown) =>
        error ? reject(error) : resolve(answer),
      ),
    )
  }
  return { ask, close: () => client.close() }
}
