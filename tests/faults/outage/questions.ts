import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { loadService } from '@praxisbus/runtime/grpc/definition.ts'
import type { Answer } from '@praxisbus/testing'

/** Asks a replica of the scheduler about a patient over gRPC: once each time, where our own client would ask again. */
export function openQuestions(
  { grpcAddress }: { readonly grpcAddress: string },
  caller: { readonly token: string; readonly practiceId: string },
) {
  const { service } = loadService('scheduler.proto', 'praxisbus.scheduler.v1.Scheduler')
  const { path, requestSerialize, responseDeserialize } = service.GetPatient!
  const client = new Client(grpcAddress, credentials.createInsecure(), { 'grpc.enable_retries': 0 })
  const metadata = new Metadata()
  metadata.set('authorization', `Bearer ${caller.token}`)
  metadata.set('praxisbus-practice', caller.practiceId)
  return {
    /** Its status as HTTP would say it. Without a deadline: the server alone decides how long its caller waits. */
    ask: (patientId: string): Promise<Answer> =>
      new Promise((resolve) => {
        const told = (error: ServiceError | null, response: unknown) =>
          resolve({ ...asHttp(error), headers: new Headers(), body: error?.message ?? response })
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, { patientId }, metadata, told)
      }),
    close: () => client.close(),
  }
}

function asHttp(error: ServiceError | null): { status: number } {
  if (!error) return { status: 200 }
  return { status: error.code === status.UNAVAILABLE ? 503 : 500 }
}
