import { isRefusal, type RpcTable, rpcMethod } from '@praxisbus/runtime'
import { z } from 'zod'
import { id } from './domain/input.ts'
import { getAppointment } from './queries/appointments.ts'
import { getPatient } from './queries/patients.ts'

/** What other services and internal clients may ask. A text that is unknown is ''. */
export const rpc: RpcTable = {
  proto: 'scheduler.proto',
  service: 'praxisbus.scheduler.v1.Scheduler',
  methods: {
    GetAppointment: rpcMethod({
      permission: 'appointment.read',
      input: z.object({ appointmentId: id }),
      run: async (ctx, request) => {
        const found = await getAppointment(ctx, request)
        if (isRefusal(found)) return found
        const { appointmentId, practitionerId, kind, start, end, timeZone, startsAt, endsAt } = found
        const { locationId, roomId, status, version } = found
        const place = { locationId: locationId ?? '', roomId: roomId ?? '' }
        const times = { start, end, timeZone, startsAt, endsAt }
        const patientId = found.patientId ?? ''
        return { appointmentId, patientId, practitionerId, kind, ...place, ...times, status, version }
      },
      refusals: { not_found: 'NOT_FOUND' },
    }),
    GetPatient: rpcMethod({
      permission: 'patient.read',
      input: z.object({ patientId: id }),
      run: async (ctx, request) => {
        const found = await getPatient(ctx, request)
        if (isRefusal(found)) return found
        const { patientId, name, birthDate, email, phone, version } = found
        return {
          patientId,
          name,
          birthDate: birthDate ?? '',
          email: email ?? '',
          phone: phone ?? '',
          version,
        }
      },
      refusals: { not_found: 'NOT_FOUND' },
    }),
  },
}
