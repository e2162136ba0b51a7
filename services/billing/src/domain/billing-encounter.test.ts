import { describe, expect, test } from '@jest/globals'
import { decideSigning, type Line, mergeDiagnoses, mergeSession, reviewLines } from './billing-encounter.ts'

const line = (id: string, code: string, more: Partial<Line> = {}): Line => ({
  id,
  position: Number(id.slice(1)),
  code,
  description: code,
  units: 1,
  modifiers: [],
  diagnosisPointers: [],
  unitAmountCents: 100,
  discountCents: 0,
  source: 'session',
  charged: false,
  ...more,
})
const item = (id: string, code: string, unitAmountCents = 200, modifiers: string[] = []) => ({
  id,
  code,
  description: 'reviewed',
  units: 2,
  unitAmountCents,
  discountCents: 0,
  modifiers,
})

describe('a session meets lines', () => {
  test('B-03 its items set price and units by code, leave charged lines alone, and are added where new', () => {
    const lines = [
      line('l1', '90834'),
      line('l2', '90847', { charged: true }),
      line('l3', '96127', { unitAmountCents: null }),
    ]
    const { lines: merged, post } = mergeSession(lines, [
      item('n1', '90834'),
      item('n2', '90847'),
      item('n3', '90785'),
    ])
    expect(merged.map(({ id, units, unitAmountCents }) => [id, units, unitAmountCents])).toEqual([
      ['l1', 2, 200],
      ['l2', 1, 100],
      ['l3', 1, null],
      ['n3', 2, 200],
    ])
    expect(post).toEqual(['l1', 'n3'])
  })

  test('B-04 refuses what no reviewer can have meant', () => {
    expect(() => mergeSession([], [{ ...item('n1', '90834'), discountCents: 401 }])).toThrow('discount')
    expect(() => mergeSession([], [{ ...item('n1', '90834'), discountCents: -1 }])).toThrow('discount')
    expect(() => mergeSession([], [{ ...item('n1', '90834'), units: 0 }])).toThrow('out of range')
    expect(() => mergeSession([], [item('n1', '90834', -1)])).toThrow('out of range')
  })
})

test('B-04 the encounter’s diagnoses keep their places; codes only the session knew follow', () => {
  const d = (code: string) => ({ code, description: null })
  expect(mergeDiagnoses([d('A00'), d('B00')], [d('B00'), d('C00')]).map((one) => one.code)).toEqual([
    'A00',
    'B00',
    'C00',
  ])
})

describe('review and signing', () => {
  const input = {
    code: '90834',
    description: 'x',
    units: 1,
    modifiers: [],
    diagnosisPointers: [],
    unitAmountCents: 100,
    discountCents: 0,
  }

  test('B-06 a reviewed list comes after the charged lines, in its own order', () => {
    const lines = [line('l1', 'A', { charged: true }), line('l2', 'B', { source: 'encounter' })]
    const reviewed = reviewLines(lines, 0, [
      { ...input, newId: 'n1' },
      { ...input, lineId: 'l2', newId: 'n2' },
    ])
    expect(reviewed).toMatchObject([
      { id: 'n1', position: 2, source: 'biller' },
      { id: 'l2', position: 3, source: 'encounter' },
    ])
    expect(reviewLines(lines, 0, [{ ...input, lineId: 'l1', newId: 'n1' }])).toMatchObject({
      refused: 'line_posted',
      next: expect.stringContaining('reverse the bill'),
    })
  })

  test('B-06 only what is open and priced is signed', () => {
    expect(decideSigning('unsigned', [line('l1', 'A', { charged: true }), line('l2', 'B')])).toMatchObject([
      { id: 'l2' },
    ])
    expect(decideSigning('unsigned', [line('l1', 'A', { unitAmountCents: null })])).toMatchObject({
      refused: 'no_price',
    })
    expect(decideSigning('posted', [line('l1', 'A', { charged: true })])).toMatchObject({
      refused: 'nothing_to_post',
    })
    expect(decideSigning('cancelled', [line('l1', 'A')])).toMatchObject({ refused: 'cancelled' })
  })
})
