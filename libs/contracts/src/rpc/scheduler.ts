import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { Appointment as _praxisbus_scheduler_v1_Appointment, Appointment__Output as _praxisbus_scheduler_v1_Appointment__Output } from './praxisbus/scheduler/v1/Appointment.ts';
import type { GetAppointmentRequest as _praxisbus_scheduler_v1_GetAppointmentRequest, GetAppointmentRequest__Output as _praxisbus_scheduler_v1_GetAppointmentRequest__Output } from './praxisbus/scheduler/v1/GetAppointmentRequest.ts';
import type { GetPatientRequest as _praxisbus_scheduler_v1_GetPatientRequest, GetPatientRequest__Output as _praxisbus_scheduler_v1_GetPatientRequest__Output } from './praxisbus/scheduler/v1/GetPatientRequest.ts';
import type { Patient as _praxisbus_scheduler_v1_Patient, Patient__Output as _praxisbus_scheduler_v1_Patient__Output } from './praxisbus/scheduler/v1/Patient.ts';
import type { SchedulerClient as _praxisbus_scheduler_v1_SchedulerClient, SchedulerDefinition as _praxisbus_scheduler_v1_SchedulerDefinition } from './praxisbus/scheduler/v1/Scheduler.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  praxisbus: {
    scheduler: {
      v1: {
        Appointment: MessageTypeDefinition<_praxisbus_scheduler_v1_Appointment, _praxisbus_scheduler_v1_Appointment__Output>
        GetAppointmentRequest: MessageTypeDefinition<_praxisbus_scheduler_v1_GetAppointmentRequest, _praxisbus_scheduler_v1_GetAppointmentRequest__Output>
        GetPatientRequest: MessageTypeDefinition<_praxisbus_scheduler_v1_GetPatientRequest, _praxisbus_scheduler_v1_GetPatientRequest__Output>
        Patient: MessageTypeDefinition<_praxisbus_scheduler_v1_Patient, _praxisbus_scheduler_v1_Patient__Output>
        Scheduler: SubtypeConstructor<typeof grpc.Client, _praxisbus_scheduler_v1_SchedulerClient> & { service: _praxisbus_scheduler_v1_SchedulerDefinition }
      }
    }
  }
}

