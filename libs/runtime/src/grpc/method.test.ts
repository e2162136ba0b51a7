import { describe, expect, test } from '@jest/globals'
import { fields } from '@praxisbus/contracts'
import { z } from 'zod'
import { refuse } from '../refusal.ts'
import { type RpcMethods, type RpcTable, rpcMethod } from './method.ts'

type Methods = RpcMethods<'praxisbus.imaging.v1.Imaging'>
const batch = { scanBatchId: '', type: 'charge', status: 'open', imageSets: [], version: 1 }
const permission = 'scan.read'

/** `tsc` is the judge here: each `@ts-expect-error` fails the types check where the line below it compiles. */
describe('P-01 a row of rpc.ts', () => {
  test('knows what it is asked and must answer each field', () => {
    const methods: Methods = {
      GetScanBatch: rpcMethod({
        permission,
        refusals: {},
        run: async (_ctx, { scanBatchId }) => ({ ...batch, scanBatchId }),
      }),
    }
    const { version, ...incomplete } = batch
    const forgetful: Methods = {
      // @ts-expect-error: version is not answered
      GetScanBatch: rpcMethod({ permission, refusals: {}, run: async () => incomplete }),
    }
    // @ts-expect-error: GetScanBatch has no row
    const empty: Methods = {}
    // @ts-expect-error: the name of the service and the methods belong together
    const mixed: RpcTable = { proto: 'ehr.proto', service: 'praxisbus.ehr.v1.Ehr', methods }
    expect([methods, forgetful, empty, mixed]).toHaveLength(4)
  })

  test('gives each of its refusals a status, and no other', () => {
    const run = async () =>
      Math.random() < 2 ? refuse('no_batch', { detail: 'No.', next: 'Ask for another.' }) : batch
    const told: Methods = {
      GetScanBatch: rpcMethod({ permission, refusals: { no_batch: 'NOT_FOUND' }, run }),
    }
    // @ts-expect-error: no_batch has no status
    const untold: Methods = { GetScanBatch: rpcMethod({ permission, refusals: {}, run }) }
    const invented: Methods = {
      // @ts-expect-error: it is never refused with no_set
      GetScanBatch: rpcMethod({ permission, refusals: { no_batch: 'NOT_FOUND', no_set: 'NOT_FOUND' }, run }),
    }
    expect([told, untold, invented]).toHaveLength(3)
  })

  test('declares a permission, and an input that has what it uses', () => {
    const input = z.object({ scanBatchId: fields.id })
    const checked: Methods = {
      GetScanBatch: rpcMethod({
        permission,
        input,
        refusals: {},
        run: async (_ctx, { scanBatchId }) => ({ ...batch, scanBatchId }),
      }),
    }
    const open: Methods = {
      // @ts-expect-error: no permission
      GetScanBatch: rpcMethod({ refusals: {}, run: async () => batch }),
    }
    expect([checked, open]).toHaveLength(2)
  })
})
