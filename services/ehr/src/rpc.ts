import { type RpcTable, rpcMethod } from '@praxisbus/runtime'
import {
  encounterInput,
  getEncounterSummary,
  getVisitNotes,
  listVisitNotes,
  visitNotesInput,
  visitsNotesInput,
} from './queries/get-visit-notes.ts'

/** Table of contents: gRPC method -> question. */
export const rpc: RpcTable = {
  proto: 'ehr.proto',
  service: 'praxisbus.ehr.v1.Ehr',
  methods: {
    GetVisitNotes: rpcMethod({
      permission: 'visit.read',
      input: visitNotesInput,
      run: getVisitNotes,
      refusals: {},
    }),
    ListVisitNotes: rpcMethod({
      permission: 'visit.read',
      input: visitsNotesInput,
      run: listVisitNotes,
      refusals: {},
    }),
    GetEncounter: rpcMethod({
      permission: 'encounter.read',
      input: encounterInput,
      run: getEncounterSummary,
      refusals: { encounter_not_found: 'NOT_FOUND' },
    }),
  },
}
