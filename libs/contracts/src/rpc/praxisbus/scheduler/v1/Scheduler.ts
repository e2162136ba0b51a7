// Original file: protos/scheduler.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { Appointment as _praxisbus_scheduler_v1_Appointment, Appointment__Output as _praxisbus_scheduler_v1_Appointment__Output } from '../../../praxisbus/scheduler/v1/Appointment.ts';
import type { GetAppointmentRequest as _praxisbus_scheduler_v1_GetAppointmentRequest, GetAppointmentRequest__Output as _praxisbus_scheduler_v1_GetAppointmentRequest__Output } from '../../../praxisbus/scheduler/v1/GetAppointmentRequest.ts';
import type { GetPatientRequest as _praxisbus_scheduler_v1_GetPatientRequest, GetPatientRequest__Output as _praxisbus_scheduler_v1_GetPatientRequest__Output } from '../../../praxisbus/scheduler/v1/GetPatientRequest.ts';
import type { Patient as _praxisbus_scheduler_v1_Patient, Patient__Output as _praxisbus_scheduler_v1_Patient__Output } from '../../../praxisbus/scheduler/v1/Patient.ts';

export interface SchedulerClient extends grpc.Client {
  /**
   * One appointment by id. NOT_FOUND where the practice has none of that id.
   */
  GetAppointment(argument: _praxisbus_scheduler_v1_GetAppointmentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_scheduler_v1_Appointment__Output>): grpc.ClientUnaryCall;
  GetAppointment(argument: _praxisbus_scheduler_v1_GetAppointmentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_scheduler_v1_Appointment__Output>): grpc.ClientUnaryCall;
  GetAppointment(argument: _praxisbus_scheduler_v1_GetAppointmentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_scheduler_v1_Appointment__Output>): grpc.ClientUnaryCall;
  GetAppointment(argument: _praxisbus_scheduler_v1_GetAppointmentRequest, callback: grpc.requestCallback<_praxisbus_scheduler_v1_Appointment__Output>): grpc.ClientUnaryCall;
  /**
   * One appointment by id. NOT_FOUND where the practice has none of that id.
   */
  getAppointment(argument: _praxisbus_scheduler_v1_GetAppointmentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_scheduler_v1_Appointment__Output>): grpc.ClientUnaryCall;
  getAppointment(argument: _praxisbus_scheduler_v1_GetAppointmentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_scheduler_v1_Appointment__Output>): grpc.ClientUnaryCall;
  getAppointment(argument: _praxisbus_scheduler_v1_GetAppointmentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_scheduler_v1_Appointment__Output>): grpc.ClientUnaryCall;
  getAppointment(argument: _praxisbus_scheduler_v1_GetAppointmentRequest, callback: grpc.requestCallback<_praxisbus_scheduler_v1_Appointment__Output>): grpc.ClientUnaryCall;
  
  /**
   * One patient by id. NOT_FOUND where the practice has none of that id.
   */
  GetPatient(argument: _praxisbus_scheduler_v1_GetPatientRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_scheduler_v1_Patient__Output>): grpc.ClientUnaryCall;
  GetPatient(argument: _praxisbus_scheduler_v1_GetPatientRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_scheduler_v1_Patient__Output>): grpc.ClientUnaryCall;
  GetPatient(argument: _praxisbus_scheduler_v1_GetPatientRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_scheduler_v1_Patient__Output>): grpc.ClientUnaryCall;
  GetPatient(argument: _praxisbus_scheduler_v1_GetPatientRequest, callback: grpc.requestCallback<_praxisbus_scheduler_v1_Patient__Output>): grpc.ClientUnaryCall;
  /**
   * One patient by id. NOT_FOUND where the practice has none of that id.
   */
  getPatient(argument: _praxisbus_scheduler_v1_GetPatientRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_scheduler_v1_Patient__Output>): grpc.ClientUnaryCall;
  getPatient(argument: _praxisbus_scheduler_v1_GetPatientRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_scheduler_v1_Patient__Output>): grpc.ClientUnaryCall;
  getPatient(argument: _praxisbus_scheduler_v1_GetPatientRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_scheduler_v1_Patient__Output>): grpc.ClientUnaryCall;
  getPatient(argument: _praxisbus_scheduler_v1_GetPatientRequest, callback: grpc.requestCallback<_praxisbus_scheduler_v1_Patient__Output>): grpc.ClientUnaryCall;
  
}

export interface SchedulerHandlers extends grpc.UntypedServiceImplementation {
  /**
   * One appointment by id. NOT_FOUND where the practice has none of that id.
   */
  GetAppointment: grpc.handleUnaryCall<_praxisbus_scheduler_v1_GetAppointmentRequest__Output, _praxisbus_scheduler_v1_Appointment>;
  
  /**
   * One patient by id. NOT_FOUND where the practice has none of that id.
   */
  GetPatient: grpc.handleUnaryCall<_praxisbus_scheduler_v1_GetPatientRequest__Output, _praxisbus_scheduler_v1_Patient>;
  
}

export interface SchedulerDefinition extends grpc.ServiceDefinition {
  GetAppointment: MethodDefinition<_praxisbus_scheduler_v1_GetAppointmentRequest, _praxisbus_scheduler_v1_Appointment, _praxisbus_scheduler_v1_GetAppointmentRequest__Output, _praxisbus_scheduler_v1_Appointment__Output>
  GetPatient: MethodDefinition<_praxisbus_scheduler_v1_GetPatientRequest, _praxisbus_scheduler_v1_Patient, _praxisbus_scheduler_v1_GetPatientRequest__Output, _praxisbus_scheduler_v1_Patient__Output>
}
