import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { SYSTEM_MAP, systemMap } from '../docs/system-map.ts'

test('docs/system-map.md says what the tables say; if not: npm run system-map', async () => {
  expect(readFileSync(SYSTEM_MAP, 'utf8')).toBe(await systemMap())
})
