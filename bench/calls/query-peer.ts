import { promisify } from 'node:util'
import { type handleUnaryCall, Server, ServerCredentials } from '@grpc/grpc-js'
import pg from 'pg'
import { serveParent } from './child.ts'
import { schedulerService } from './patient-client.ts'
import type { Target } from './scheduler-database.ts'

/** grpc-js and one prepared SELECT by primary key: nobody is asked who they are, nothing is noted. */
serveParent(async ({ bareUrl, practiceId }: Target) => {
  const pool = new pg.Pool({ connectionString: bareUrl, max: 20 })
  const text = `select id as "patientId", name, birth_date::text as "birthDate", email, phone, version::int as version
    from patient where practice_id = $1 and id = $2`
  const getPatient: handleUnaryCall<{ patientId: string }, unknown> = (call, callback) => {
    pool.query({ name: 'patient', text, values: [practiceId, call.request.patientId] }).then(
      ({ rows }) => callback(null, rows[0]),
      (error: Error) => callback(error),
    )
  }
  const server = new Server()
  server.addService(schedulerService().service, { GetPatient: getPatient })
  const port = await promisify(server.bindAsync.bind(server))(
    '127.0.0.1:0',
    ServerCredentials.createInsecure(),
  )
  return async () => port
})
