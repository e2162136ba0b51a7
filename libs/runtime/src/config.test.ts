import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { loadConfig } from './config.ts'

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
