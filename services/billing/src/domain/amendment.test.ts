import { describe, expect, test } from '@jest/globals'
import { amend, NO_RELEASE, sessionDifferences, takeLinks, takeOther } from './amendment.ts'
import type { Diagnosis, Line, ReleasedProcedure } from './billing-encounter.ts'

const dx = (...codes: string[]): Diagnosis[] => codes.map((code) => ({ code, description: code }))
const line = (id: string, code: string, more: Partial<Line> = {}): Line => ({
  id,
  position: Number(id.slice(1)),
  code,
  description: code,
  units: 1,
  modifiers: [],
  diagnosisPointers: [1],
  unitAmountCents: 100,
  discountCents: 0,
  source: 'encounter',
  charged: false,
  ...more,
})
const procedure = (code: string, more: Partial<ReleasedProcedure> = {}): ReleasedProcedure => ({
  id: `new-${code}`,
  code,
  description: code,
  units: 1,
  modifiers: [],
  diagnosisPointers: [1],
  unitAmountCents: 300,
  ...more,
})
const serviceDate = '2026-03-02'
const bill = (lines: Line[], ...codes: string[]) => ({ lines, diagnoses: dx(...codes), serviceDate })
const coding = (procedures: ReleasedProcedure[], ...codes: string[]) => ({
  procedures,
  diagnoses: dx(...codes),
  serviceDate,
})

describe('an amended note meets its bill', () => {
  test('B-06 open lines follow and keep their price; what the note no longer has goes, what it has more comes', () => {
    const amended = amend(
      bill(
        [
          line('l1', 'A', { units: 3, discountCents: 290 }),
          line('l2', 'B'),
          line('l3', 'X', { source: 'biller' }),
        ],
        'F1',
      ),
      coding([procedure('A'), procedure('B')], 'F1'),
      coding(
        [procedure('A', { units: 2, modifiers: ['95'], diagnosisPointers: [2, 1] }), procedure('C')],
        'F2',
        'F1',
      ),
    )
    expect(amended.lines).toMatchObject([
      {
        id: 'l1',
        units: 2,
        modifiers: ['95'],
        diagnosisPointers: [2, 1],
        unitAmountCents: 100,
        discountCents: 200,
      },
      { id: 'l3', source: 'biller', diagnosisPointers: [2] },
      { id: 'new-C', position: 4, unitAmountCents: 300, source: 'encounter' },
    ])
    expect(amended).toMatchObject({ removedLineIds: ['l2'], diagnoses: dx('F2', 'F1'), differences: [] })
  })

  test('B-06 lines in the ledger stay, their links by code, and every difference is listed', () => {
    const posted = { charged: true, source: 'session' as const }
    const amended = amend(
      bill(
        [line('l1', 'A', { ...posted, units: 2 }), line('l2', 'B', { ...posted, diagnosisPointers: [2] })],
        'F1',
        'F2',
      ),
      coding([procedure('A'), procedure('B')], 'F1', 'F2'),
      { ...coding([procedure('A', { units: 3, modifiers: ['GT'] })], 'F3'), serviceDate: '2026-03-01' },
    )
    expect(amended.diagnoses).toEqual(dx('F3', 'F1', 'F2'))
    expect(amended.lines).toMatchObject([
      { id: 'l1', units: 2, modifiers: [], diagnosisPointers: [2] },
      { id: 'l2', diagnosisPointers: [3] },
    ])
    expect(amended.differences).toEqual([
      { what: 'service-date', lineId: null, code: null, billed: '2026-03-02', released: '2026-03-01' },
      { what: 'units', lineId: 'l1', code: 'A', billed: '2', released: '3' },
      { what: 'modifiers', lineId: 'l1', code: 'A', billed: '', released: 'GT' },
      { what: 'diagnoses', lineId: 'l1', code: 'A', billed: 'F1', released: 'F3' },
      { what: 'dropped', lineId: 'l2', code: 'B', billed: '1', released: null },
    ])
  })

  test('B-06 a line that only the session or a biller had is no difference; one that the note had and dropped is', () => {
    const own = line('l1', 'S', { source: 'session' })
    const shared = line('l2', 'A', { source: 'session' })
    const amended = amend(bill([own, shared], 'F1'), coding([procedure('A')], 'F1'), coding([], 'F1'))
    expect(amended.lines.map(({ id }) => id)).toEqual(['l1', 'l2'])
    expect(amended.differences).toMatchObject([{ what: 'dropped', lineId: 'l2' }])
  })

  test('B-06 a diagnosis that the note dropped goes unless a charge is linked to it', () => {
    const lines = [line('l1', 'A', { charged: true, diagnosisPointers: [1] })]
    const { diagnoses } = amend(bill(lines, 'F1', 'F2', 'Z9'), coding([], 'F1', 'F2'), coding([], 'F3'))
    expect(diagnoses).toEqual(dx('F3', 'F1', 'Z9'))
  })
})

describe('a note is released for the first time', () => {
  const posted = { charged: true, source: 'session' as const, diagnosisPointers: [] }

  test('B-06 a charged line gets its links and keeps its money; a procedure nobody billed is added', () => {
    const first = coding(
      [procedure('A', { diagnosisPointers: [2] }), procedure('B', { units: 4 })],
      'F1',
      'F2',
    )
    const met = amend(bill([line('l1', 'A', posted)], 'Z9'), NO_RELEASE, first)
    expect(met).toMatchObject({ diagnoses: dx('F1', 'F2', 'Z9'), removedLineIds: [], differences: [] })
    expect(met.lines).toMatchObject([
      { id: 'l1', diagnosisPointers: [2], units: 1, unitAmountCents: 100, charged: true },
      { id: 'new-B', position: 2, units: 4, unitAmountCents: 300, source: 'encounter', charged: false },
    ])
  })

  test('B-06 lines of one code are matched one to one, by modifiers first', () => {
    const lines = [line('l1', 'A', { modifiers: ['95'] }), line('l2', 'A', { modifiers: ['25'] })]
    const procedures = [
      procedure('A', { diagnosisPointers: [1], modifiers: ['25'] }),
      procedure('A', { diagnosisPointers: [2], modifiers: ['95'] }),
      procedure('A', { diagnosisPointers: [3] }),
    ]
    const met = amend(bill(lines), NO_RELEASE, coding(procedures, 'F1', 'F2', 'F3'))
    expect(met.lines.map(({ id, diagnosisPointers }) => [id, diagnosisPointers])).toEqual([
      ['l1', [2]],
      ['l2', [1]],
      ['new-A', [3]],
    ])
  })

  test('B-06 lines that it does not name keep their diagnosis, though the note’s come first now', () => {
    const lines = [
      line('l1', 'X', { source: 'biller' }),
      line('l2', 'Y', { ...posted, diagnosisPointers: [1] }),
    ]
    const met = amend(bill(lines, 'Z9'), NO_RELEASE, coding([procedure('A')], 'F1', 'F2'))
    expect(met.diagnoses).toEqual(dx('F1', 'F2', 'Z9'))
    expect(met.lines.slice(0, 2)).toMatchObject([{ diagnosisPointers: [3] }, { diagnosisPointers: [3] }])
  })

  test('B-06 what is charged otherwise than the note says is left and listed; what is open follows', () => {
    const other = { units: 2, modifiers: ['95'] }
    const lines = [line('l1', 'A', posted), line('l2', 'B')]
    const met = amend(bill(lines), NO_RELEASE, coding([procedure('A', other), procedure('B', other)], 'F1'))
    expect(met.lines).toMatchObject([{ units: 1, modifiers: [] }, other])
    expect(met.differences).toEqual([
      { what: 'units', lineId: 'l1', code: 'A', billed: '1', released: '2' },
      { what: 'modifiers', lineId: 'l1', code: 'A', billed: '', released: '95' },
    ])
  })
})

test('B-06 a session that bills otherwise than the note before it says so, for the lines it posted', () => {
  const lines = [
    line('l1', 'A', { charged: true }),
    line('l2', 'B', { charged: true }),
    line('l3', 'C', { charged: true, units: 9 }),
  ]
  const note = coding([procedure('A', { units: 2 }), procedure('B'), procedure('C')], 'F1')
  expect(sessionDifferences(bill(lines, 'F1'), note, ['l1', 'l2'])).toEqual([
    { what: 'units', lineId: 'l1', code: 'A', billed: '1', released: '2' },
  ])
  const moved = { ...bill(lines, 'F1'), serviceDate: '2026-03-03' }
  expect(sessionDifferences(moved, note, [])).toMatchObject([{ what: 'service-date', released: serviceDate }])
})

test('B-06 a biller takes over the links of a posted line, and another encounter’s procedures as lines to review', () => {
  const lines = [line('l1', 'A', { charged: true })]
  expect(takeLinks(lines, [procedure('A', { diagnosisPointers: [3], units: 9 })])).toMatchObject([
    { id: 'l1', units: 1, diagnosisPointers: [3] },
  ])
  const other = { procedures: [procedure('A', { diagnosisPointers: [2, 1] })], diagnoses: dx('F1', 'F7') }
  expect(takeOther(bill(lines, 'F0', 'F1'), other)).toMatchObject({
    diagnoses: dx('F0', 'F1', 'F7'),
    lines: [{ id: 'l1' }, { id: 'new-A', position: 2, diagnosisPointers: [3, 2], charged: false }],
  })
})
