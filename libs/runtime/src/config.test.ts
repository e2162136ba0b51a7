import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { loadConfig, peerAddress } from './config.ts'

const shape = {
  NEEDED: z.url(),
  OPTIONAL: z.url().optional(),
  COUNT: z.coerce.number().int().min(1).default(7),
}

test('an empty setting is not set: defaults hold, and one that is needed is missed by name', () => {
  expect(loadConfig(shape, { NEEDED: 'http://a.example', OPTIONAL: '', COUNT: '' })).toEqual({
    NEEDED: 'http://a.example',
    OPTIONAL: undefined,
    COUNT: 7,
  })
  expect(() => loadConfig(shape, { NEEDED: '', COUNT: '0' })).toThrow(/NEEDED: is not set\n {2}COUNT: /)
})

const read = (PEER: string) => loadConfig({ PEER: peerAddress }, { PEER }).PEER

test('a peer is a name with a port, or the addresses of its replicas', () => {
  expect(read('billing:50051')).toBe('billing:50051')
  expect(read('10.0.0.1:50051')).toBe('10.0.0.1:50051')
  expect(read('10.0.0.1:50051,10.0.0.2:50051')).toBe('ipv4:10.0.0.1:50051,10.0.0.2:50051')
  for (const wrong of [
    'billing',
    'billing:50051,ehr:50051',
    '10.0.0.1,10.0.0.2:50051',
    'http://billing:50051',
  ])
    expect(() => read(wrong)).toThrow('PEER')
})
