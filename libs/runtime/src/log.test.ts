import { expect, test } from '@jest/globals'
import { openLog } from './log.ts'

test('P-06 a row that PostgreSQL refused does not come into the log with its values, alone or among several', () => {
  const lines: string[] = []
  const log = openLog('scheduler', 'debug', { write: (line) => void lines.push(line) })
  const refused = Object.assign(new Error('new row violates a check'), {
    code: '23514',
    detail: 'Failing row contains (Ada Moran, ada@example.org).',
  })
  log.warn({ err: refused }, 'one')
  log.warn({ err: new AggregateError([refused, refused], '2 of 9 failed') }, 'several')
  expect(lines).toHaveLength(2)
  for (const line of lines) expect(line).not.toMatch(/Moran|example\.org/)
  expect(lines[0]).toContain('23514')
})
