import { describe, expect, test } from '@jest/globals'
import { type Comparison, holds, percentile, ratios, spread } from './comparison.ts'
import { figure, insertMeasured, table } from './report.ts'

const latency: Comparison = {
  what: 'p50',
  peer: 'the floor',
  unit: 'ms',
  ours: [2, 6, 4],
  theirs: [2, 4, 2],
  aim: { ratio: 'at most', value: 1.5 },
}

describe('statistics', () => {
  test('percentiles are measured values, by nearest rank', () => {
    const sorted = Array.from({ length: 200 }, (_, index) => index + 1)
    expect([0, 50, 99, 100].map((percent) => percentile(sorted, percent))).toEqual([1, 100, 198, 200])
    expect(percentile([7], 99)).toBe(7)
    expect(spread([9, 10, 1])).toEqual({ min: 1, median: 9, max: 10 })
    expect(() => spread([])).toThrow('nothing was measured')
  })

  test('ratios are taken within pairs, and the median of them is held against the aim', () => {
    expect(ratios(latency)).toEqual([1, 1.5, 2])
    expect(holds(latency)).toBe(true)
    expect(holds({ ...latency, aim: { ratio: 'at most', value: 1.49 } })).toBe(false)
    expect(holds({ ...latency, aim: { ratio: 'at least', value: 1.5 } })).toBe(true)
    expect(holds({ ...latency, aim: { ratio: 'at least', value: 1.51 } })).toBe(false)
    expect(holds({ ...latency, aim: undefined })).toBeUndefined()
    expect(() => ratios({ ...latency, theirs: [1] })).toThrow('each figure needs')
  })
})

describe('the page', () => {
  test('shows medians, the ratio with its spread and number of pairs, the aim, and whether it holds', () => {
    const { aim: _, ...aimless } = { ...latency, unit: '1/s' as const, ours: [12_345.6], theirs: [0.012345] }
    const lines = table({ about: 'How long.' }, [latency, aimless], 'A machine.').split('\n')
    expect(lines.slice(0, 2)).toEqual(['How long.', ''])
    expect(lines[4]).toBe('| p50 | the floor | 4 ms | 2 ms | **1.5** (1–2, 3) | ≤ 1.5 | yes |')
    expect(lines[5]).toMatch(/^\| p50 \| the floor \| 12,346 1\/s \| 0\.0123 1\/s \| .* \| – \| – \|$/)
    expect(lines.at(-1)).toBe('A machine.')
    expect(new Set(lines.slice(2, 6).map((line) => line.split('|').length))).toEqual(new Set([9]))
  })

  test.each([
    [0.98765, '0.988'],
    [28.349, '28.3'],
    [999.4, '999'],
    [1_000.4, '1,000'],
    [0, '0'],
  ])('%s reads %s', (value, text) => {
    expect(figure(value)).toBe(text)
  })

  test('keeps what people wrote, over any number of runs', () => {
    const written = '# Performance\n\nWhy.\n'
    const once = insertMeasured(insertMeasured(written, 'relay', 'first'), 'query', 'other')
    const explained = once.replace('## query', 'Tried: nothing.\n\n## query')
    const twice = insertMeasured(explained, 'relay', 'second')
    expect(twice).toBe(explained.replace('first', 'second'))
    expect(insertMeasured(twice, 'relay', 'first')).toBe(explained)
    expect(() => insertMeasured('<!-- measured: relay -->', 'relay', 'x')).toThrow('no end mark')
  })
})
