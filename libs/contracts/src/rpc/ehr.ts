import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { EhrClient as _praxisbus_ehr_v1_EhrClient, EhrDefinition as _praxisbus_ehr_v1_EhrDefinition } from './praxisbus/ehr/v1/Ehr.ts';
import type { EncounterSummary as _praxisbus_ehr_v1_EncounterSummary, EncounterSummary__Output as _praxisbus_ehr_v1_EncounterSummary__Output } from './praxisbus/ehr/v1/EncounterSummary.ts';
import type { GetEncounterRequest as _praxisbus_ehr_v1_GetEncounterRequest, GetEncounterRequest__Output as _praxisbus_ehr_v1_GetEncounterRequest__Output } from './praxisbus/ehr/v1/GetEncounterRequest.ts';
import type { GetVisitNotesRequest as _praxisbus_ehr_v1_GetVisitNotesRequest, GetVisitNotesRequest__Output as _praxisbus_ehr_v1_GetVisitNotesRequest__Output } from './praxisbus/ehr/v1/GetVisitNotesRequest.ts';
import type { ListVisitNotesRequest as _praxisbus_ehr_v1_ListVisitNotesRequest, ListVisitNotesRequest__Output as _praxisbus_ehr_v1_ListVisitNotesRequest__Output } from './praxisbus/ehr/v1/ListVisitNotesRequest.ts';
import type { VisitNotes as _praxisbus_ehr_v1_VisitNotes, VisitNotes__Output as _praxisbus_ehr_v1_VisitNotes__Output } from './praxisbus/ehr/v1/VisitNotes.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  praxisbus: {
    ehr: {
      v1: {
        Ehr: SubtypeConstructor<typeof grpc.Client, _praxisbus_ehr_v1_EhrClient> & { service: _praxisbus_ehr_v1_EhrDefinition }
        EncounterSummary: MessageTypeDefinition<_praxisbus_ehr_v1_EncounterSummary, _praxisbus_ehr_v1_EncounterSummary__Output>
        GetEncounterRequest: MessageTypeDefinition<_praxisbus_ehr_v1_GetEncounterRequest, _praxisbus_ehr_v1_GetEncounterRequest__Output>
        GetVisitNotesRequest: MessageTypeDefinition<_praxisbus_ehr_v1_GetVisitNotesRequest, _praxisbus_ehr_v1_GetVisitNotesRequest__Output>
        ListVisitNotesRequest: MessageTypeDefinition<_praxisbus_ehr_v1_ListVisitNotesRequest, _praxisbus_ehr_v1_ListVisitNotesRequest__Output>
        VisitNotes: MessageTypeDefinition<_praxisbus_ehr_v1_VisitNotes, _praxisbus_ehr_v1_VisitNotes__Output>
      }
    }
  }
}

