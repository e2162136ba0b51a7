// Original file: protos/ehr.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { EncounterSummary as _praxisbus_ehr_v1_EncounterSummary, EncounterSummary__Output as _praxisbus_ehr_v1_EncounterSummary__Output } from '../../../praxisbus/ehr/v1/EncounterSummary.ts';
import type { GetEncounterRequest as _praxisbus_ehr_v1_GetEncounterRequest, GetEncounterRequest__Output as _praxisbus_ehr_v1_GetEncounterRequest__Output } from '../../../praxisbus/ehr/v1/GetEncounterRequest.ts';
import type { GetVisitNotesRequest as _praxisbus_ehr_v1_GetVisitNotesRequest, GetVisitNotesRequest__Output as _praxisbus_ehr_v1_GetVisitNotesRequest__Output } from '../../../praxisbus/ehr/v1/GetVisitNotesRequest.ts';
import type { ListVisitNotesRequest as _praxisbus_ehr_v1_ListVisitNotesRequest, ListVisitNotesRequest__Output as _praxisbus_ehr_v1_ListVisitNotesRequest__Output } from '../../../praxisbus/ehr/v1/ListVisitNotesRequest.ts';
import type { VisitNotes as _praxisbus_ehr_v1_VisitNotes, VisitNotes__Output as _praxisbus_ehr_v1_VisitNotes__Output } from '../../../praxisbus/ehr/v1/VisitNotes.ts';

export interface EhrClient extends grpc.Client {
  /**
   * One encounter by id, without its text. NOT_FOUND where the practice has none of that id.
   */
  GetEncounter(argument: _praxisbus_ehr_v1_GetEncounterRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_ehr_v1_EncounterSummary__Output>): grpc.ClientUnaryCall;
  GetEncounter(argument: _praxisbus_ehr_v1_GetEncounterRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_ehr_v1_EncounterSummary__Output>): grpc.ClientUnaryCall;
  GetEncounter(argument: _praxisbus_ehr_v1_GetEncounterRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_ehr_v1_EncounterSummary__Output>): grpc.ClientUnaryCall;
  GetEncounter(argument: _praxisbus_ehr_v1_GetEncounterRequest, callback: grpc.requestCallback<_praxisbus_ehr_v1_EncounterSummary__Output>): grpc.ClientUnaryCall;
  /**
   * One encounter by id, without its text. NOT_FOUND where the practice has none of that id.
   */
  getEncounter(argument: _praxisbus_ehr_v1_GetEncounterRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_ehr_v1_EncounterSummary__Output>): grpc.ClientUnaryCall;
  getEncounter(argument: _praxisbus_ehr_v1_GetEncounterRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_ehr_v1_EncounterSummary__Output>): grpc.ClientUnaryCall;
  getEncounter(argument: _praxisbus_ehr_v1_GetEncounterRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_ehr_v1_EncounterSummary__Output>): grpc.ClientUnaryCall;
  getEncounter(argument: _praxisbus_ehr_v1_GetEncounterRequest, callback: grpc.requestCallback<_praxisbus_ehr_v1_EncounterSummary__Output>): grpc.ClientUnaryCall;
  
  /**
   * What notes exist for a visit; answers an empty list for a visit without one.
   */
  GetVisitNotes(argument: _praxisbus_ehr_v1_GetVisitNotesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_ehr_v1_VisitNotes__Output>): grpc.ClientUnaryCall;
  GetVisitNotes(argument: _praxisbus_ehr_v1_GetVisitNotesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_ehr_v1_VisitNotes__Output>): grpc.ClientUnaryCall;
  GetVisitNotes(argument: _praxisbus_ehr_v1_GetVisitNotesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_ehr_v1_VisitNotes__Output>): grpc.ClientUnaryCall;
  GetVisitNotes(argument: _praxisbus_ehr_v1_GetVisitNotesRequest, callback: grpc.requestCallback<_praxisbus_ehr_v1_VisitNotes__Output>): grpc.ClientUnaryCall;
  /**
   * What notes exist for a visit; answers an empty list for a visit without one.
   */
  getVisitNotes(argument: _praxisbus_ehr_v1_GetVisitNotesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_ehr_v1_VisitNotes__Output>): grpc.ClientUnaryCall;
  getVisitNotes(argument: _praxisbus_ehr_v1_GetVisitNotesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_ehr_v1_VisitNotes__Output>): grpc.ClientUnaryCall;
  getVisitNotes(argument: _praxisbus_ehr_v1_GetVisitNotesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_ehr_v1_VisitNotes__Output>): grpc.ClientUnaryCall;
  getVisitNotes(argument: _praxisbus_ehr_v1_GetVisitNotesRequest, callback: grpc.requestCallback<_praxisbus_ehr_v1_VisitNotes__Output>): grpc.ClientUnaryCall;
  
  /**
   * The notes of the occurrences of a series (S-14): at most 1,100 visits.
   */
  ListVisitNotes(argument: _praxisbus_ehr_v1_ListVisitNotesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_ehr_v1_VisitNotes__Output>): grpc.ClientUnaryCall;
  ListVisitNotes(argument: _praxisbus_ehr_v1_ListVisitNotesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_ehr_v1_VisitNotes__Output>): grpc.ClientUnaryCall;
  ListVisitNotes(argument: _praxisbus_ehr_v1_ListVisitNotesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_ehr_v1_VisitNotes__Output>): grpc.ClientUnaryCall;
  ListVisitNotes(argument: _praxisbus_ehr_v1_ListVisitNotesRequest, callback: grpc.requestCallback<_praxisbus_ehr_v1_VisitNotes__Output>): grpc.ClientUnaryCall;
  /**
   * The notes of the occurrences of a series (S-14): at most 1,100 visits.
   */
  listVisitNotes(argument: _praxisbus_ehr_v1_ListVisitNotesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_ehr_v1_VisitNotes__Output>): grpc.ClientUnaryCall;
  listVisitNotes(argument: _praxisbus_ehr_v1_ListVisitNotesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_praxisbus_ehr_v1_VisitNotes__Output>): grpc.ClientUnaryCall;
  listVisitNotes(argument: _praxisbus_ehr_v1_ListVisitNotesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_praxisbus_ehr_v1_VisitNotes__Output>): grpc.ClientUnaryCall;
  listVisitNotes(argument: _praxisbus_ehr_v1_ListVisitNotesRequest, callback: grpc.requestCallback<_praxisbus_ehr_v1_VisitNotes__Output>): grpc.ClientUnaryCall;
  
}

export interface EhrHandlers extends grpc.UntypedServiceImplementation {
  /**
   * One encounter by id, without its text. NOT_FOUND where the practice has none of that id.
   */
  GetEncounter: grpc.handleUnaryCall<_praxisbus_ehr_v1_GetEncounterRequest__Output, _praxisbus_ehr_v1_EncounterSummary>;
  
  /**
   * What notes exist for a visit; answers an empty list for a visit without one.
   */
  GetVisitNotes: grpc.handleUnaryCall<_praxisbus_ehr_v1_GetVisitNotesRequest__Output, _praxisbus_ehr_v1_VisitNotes>;
  
  /**
   * The notes of the occurrences of a series (S-14): at most 1,100 visits.
   */
  ListVisitNotes: grpc.handleUnaryCall<_praxisbus_ehr_v1_ListVisitNotesRequest__Output, _praxisbus_ehr_v1_VisitNotes>;
  
}

export interface EhrDefinition extends grpc.ServiceDefinition {
  GetEncounter: MethodDefinition<_praxisbus_ehr_v1_GetEncounterRequest, _praxisbus_ehr_v1_EncounterSummary, _praxisbus_ehr_v1_GetEncounterRequest__Output, _praxisbus_ehr_v1_EncounterSummary__Output>
  GetVisitNotes: MethodDefinition<_praxisbus_ehr_v1_GetVisitNotesRequest, _praxisbus_ehr_v1_VisitNotes, _praxisbus_ehr_v1_GetVisitNotesRequest__Output, _praxisbus_ehr_v1_VisitNotes__Output>
  ListVisitNotes: MethodDefinition<_praxisbus_ehr_v1_ListVisitNotesRequest, _praxisbus_ehr_v1_VisitNotes, _praxisbus_ehr_v1_ListVisitNotesRequest__Output, _praxisbus_ehr_v1_VisitNotes__Output>
}
