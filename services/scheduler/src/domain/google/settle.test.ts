import { expect, test } from '@jest/globals'
import { type Here, type Outcome, type Sides, settle, type There } from './settle.ts'

const HERE: Here[] = ['same', 'changed', 'gone']
const THERE: There[] = ['same', 'changed', 'gone', 'unfit']
const [EARLY, LATE] = ['2090-01-01T10:00:00Z', '2090-01-01T10:00:01Z']
const decided = (of: Sides['of'], more: Partial<Sides> = {}) =>
  HERE.map((here) =>
    THERE.map((there) => settle({ of, here, there, hereAt: null, thereAt: null, movedThere: true, ...more })),
  )

/** Rows: here same, changed, gone. Columns: there same, changed, gone, unfit. */
const TABLE: [string, Sides['of'], Partial<Sides>, Outcome[][]][] = [
  [
    'an outside event: Google wins',
    'outside',
    {},
    [
      ['nothing', 'take', 'take', 'take'],
      ['take', 'take', 'take', 'take'],
      ['take', 'take', 'take', 'take'],
    ],
  ],
  [
    'a visit: ours wins, a move or deletion there is proposed',
    'visit',
    {},
    [
      ['nothing', 'propose', 'propose', 'write'],
      ['write', 'write-and-propose', 'write-and-propose', 'write'],
      ['write', 'write', 'nothing', 'write'],
    ],
  ],
  [
    'a visit whose words alone were changed there: ours wins',
    'visit',
    { movedThere: false },
    [
      ['nothing', 'write', 'propose', 'write'],
      ['write', 'write', 'write-and-propose', 'write'],
      ['write', 'write', 'nothing', 'write'],
    ],
  ],
  [
    'a visit: time does not matter',
    'visit',
    { hereAt: EARLY, thereAt: LATE },
    [
      ['nothing', 'propose', 'propose', 'write'],
      ['write', 'write-and-propose', 'write-and-propose', 'write'],
      ['write', 'write', 'nothing', 'write'],
    ],
  ],
  [
    'a busy block that Google changed later: Google wins',
    'busy-block',
    { hereAt: EARLY, thereAt: LATE },
    [
      ['nothing', 'take', 'take', 'write'],
      ['write', 'take', 'take', 'write'],
      ['write', 'adopt', 'nothing', 'write'],
    ],
  ],
  ...(
    [
      ['that we changed later', { hereAt: LATE, thereAt: EARLY }],
      ['changed at the same time', { hereAt: EARLY, thereAt: EARLY }],
      ['where Google does not say when', { hereAt: EARLY, thereAt: null }],
      ['where we do not know when', { hereAt: null, thereAt: LATE }],
    ] as const
  ).map(([which, times]): (typeof TABLE)[number] => [
    `a busy block ${which}: ours wins`,
    'busy-block',
    times,
    [
      ['nothing', 'take', 'take', 'write'],
      ['write', 'write', 'write', 'write'],
      ['write', 'write', 'nothing', 'write'],
    ],
  ]),
]

test.each(TABLE)('S-19 %s', (_, of, more, table) => {
  expect(decided(of, more)).toEqual(table)
})
